/** Bytes as base64: the runtime reads them without Node's own Buffer. */
export function toBase64(bytes: Uint8Array | Int8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}
