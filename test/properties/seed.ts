/** `FC_SEED=… npx vitest run test/properties` repeats what failed; the seed stands in the tests' names. */
export const seed: number = Number(process.env.FC_SEED ?? Math.floor(Math.random() * 2 ** 31))
