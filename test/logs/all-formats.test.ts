import { describe, expect, it } from 'vitest'
import { FORMATS } from '../../src/logs/formats/registry.js'
import { logFormatContract } from '../contract/log-format.js'
import { FORMAT_CASES } from './format-cases.js'

logFormatContract(FORMAT_CASES)

describe('the contract', () => {
  it('runs over every format', () => {
    const names = FORMATS.map(({ name }) => name)
    expect([...new Set(FORMAT_CASES.map(({ format }) => format))].sort()).toEqual(names.sort())
  })
})
