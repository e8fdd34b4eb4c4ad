/**
 * For `yargs.check`: one option's value, so that a wrong one is told together with all else that is wrong. One that is
 * missing or was given twice is told anyway.
 */
export function checkOption<Value>(
  name: string,
  check: (value: Value) => unknown,
): (args: Readonly<Record<string, unknown>>) => true {
  return (args) => {
    const value = args[name]
    if (value !== undefined && !Array.isArray(value)) check(value as Value)
    return true
  }
}
