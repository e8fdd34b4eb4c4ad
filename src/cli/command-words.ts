type OptionValue = string | number | boolean | readonly string[] | undefined

/** The words that give a command these options again, in their order; what was not given (undefined, false) is left out. */
export function commandWords(command: string, options: Readonly<Record<string, OptionValue>>): string[] {
  const words = Object.entries(options).flatMap(([name, value]) => optionWords(`--${name}`, value))
  return ['tollgate', command, ...words]
}

function optionWords(name: string, value: OptionValue): string[] {
  if (value === undefined || value === false) return []
  if (value === true) return [name]
  if (typeof value === 'string' || typeof value === 'number') return [name, String(value)]
  return value.flatMap((one) => [name, one])
}
