import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import canonicalize from 'canonicalize'

/** SHA-256 of a text's UTF-8 bytes, in hex. Synchronous and the same in Node and in a browser. */
export function sha256Hex(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)))
}

/**
 * What seals a policy: `sha256:` and the SHA-256 of the RFC 8785 canonical JSON of everything but `contentHash` itself.
 * https://www.rfc-editor.org/rfc/rfc8785
 */
export function contentHash(policy: Readonly<Record<string, unknown>>): string {
  const { contentHash: _own, ...rest } = policy
  return `sha256:${sha256Hex(canonicalize(rest) ?? '')}`
}
