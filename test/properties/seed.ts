/** `FC_SEED=… npx vitest run test/properties` repeats what failed; the seed stands in the tests' names. */
export const seed: number = Number(process.env.FC_SEED ?? Math.floor(Math.random() * 2 ** 31))

/** Histories a property is tried on: a few hundred on every run; ten thousand in CI and with `TOLLGATE_FULL=1`. */
export const histories = (usual: number): number =>
  process.env.TOLLGATE_FULL === '1' || process.env.CI !== undefined ? 10_000 : usual
