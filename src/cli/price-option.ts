import { basename } from 'node:path'
import type { Argv } from 'yargs'
import { InputError } from '../core/errors.js'
import { SERVICES } from '../core/price-book.js'
import type { ChosenBook } from '../logs/prices/chosen-book.js'
import { parsePriceBook } from '../logs/prices/parse-price-book.js'
import { checkOption } from './check-option.js'
import { readText } from './read-file.js'

/** The options by which a command takes a price book. */
export function priceOptions<T>(yargs: Argv<T>, what: string): Argv<T & PriceArguments> {
  return yargs
    .option('prices', {
      type: 'string',
      requiresArg: true,
      describe: `${what}: LiteLLM's map or genai-prices' data.json, also .gz; FILE@2026-08-06 for its prices of a day`,
    })
    .option('price-as', {
      type: 'string',
      array: true,
      nargs: 1,
      describe: 'MODEL=ENTRY: which entry of the book a model of the log is',
    })
    .option('service', {
      choices: SERVICES,
      default: 'standard',
      requiresArg: true,
      describe: "which of the book's price lists the calls are billed by",
    })
    .option('rate', {
      type: 'string',
      array: true,
      nargs: 1,
      describe: 'CNY=0.14: what one unit of another currency is worth in US dollars',
    })
    .check(checkOption('prices', fileAndDate))
    .check((args) => {
      const { priceAs, rate } = args as PriceArguments
      priceAs?.forEach(alias)
      currencyRates(rate)
      return true
    }) as unknown as Argv<T & PriceArguments>
}

export interface PriceArguments {
  readonly prices?: string | undefined
  readonly rate?: readonly string[] | undefined
  readonly priceAs?: readonly string[] | undefined
  readonly service?: string | undefined
}

/** @throws InputError when the file, the date, a rate or an alias cannot be read. */
export function chosenBook(args: PriceArguments): ChosenBook | undefined {
  return args.prices === undefined ? undefined : readBook(args.prices, args)
}

/** @throws InputError like `chosenBook`. */
export function readBook(prices: string, args: PriceArguments = {}): ChosenBook {
  const { file, date } = fileAndDate(prices)
  return {
    book: parsePriceBook(readText(file), { file, rates: currencyRates(args.rate) }),
    name: basename(file),
    date,
    service: SERVICES.find((one) => one === args.service) ?? 'standard',
    aliases: new Map((args.priceAs ?? []).map(alias)),
  }
}

const DATE = /^\d{4}-\d\d-\d\d$/

/** `FILE[@DATE]`; an `@` that no date follows belongs to the file's name, except at its end. */
export function fileAndDate(text: string): { file: string; date: number | undefined } {
  const at = text.lastIndexOf('@')
  const [file, day] = at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
  if (day === undefined || (!DATE.test(day) && !/^\d*(-\d*)*$/.test(day)))
    return { file: text, date: undefined }
  const date = DATE.test(day) ? Date.parse(`${day}T00:00:00Z`) : NaN
  if (Number.isNaN(date)) {
    throw new InputError(`--prices ${text}: after the @ comes a day such as 2026-08-06, got ${day}`)
  }
  return { file, date }
}

/** `CNY=0.14`: one CNY is 0.14 US dollars. @throws InputError naming the rate that is none. */
export function currencyRates(rates: readonly string[] | undefined): ReadonlyMap<string, number> {
  return new Map(
    (rates ?? []).map((text): [string, number] => {
      const [, currency = '', rate = ''] = /^([A-Za-z]{3})=(.+)$/.exec(text) ?? []
      if (!(Number(rate) > 0))
        throw new InputError(
          `--rate must name a currency and what one of it is worth in US dollars, such as CNY=0.14, got ${text}`,
        )
      return [currency.toUpperCase(), Number(rate)]
    }),
  )
}

function alias(text: string): [string, string] {
  const [model = '', entry = ''] = text.split('=')
  if (model === '' || entry === '')
    throw new InputError(
      `--price-as must name a model and the book's entry for it, such as gpt-4=openai/gpt-4, got ${text}`,
    )
  return [model, entry]
}
