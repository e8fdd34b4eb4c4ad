import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { writeFileAtomic } from '../../src/report/write-file.js'
import { InputError } from '../../src/core/errors.js'
import { workdir } from '../logs/workdir.js'

const dir = workdir()

describe('writeFileAtomic', () => {
  it('makes missing folders, replaces the file, and leaves nothing else', () => {
    const path = dir.path('a/b.txt')
    writeFileAtomic(path, 'one')
    writeFileAtomic(path, 'two')
    expect(readFileSync(path, 'utf8')).toBe('two')
    expect(readdirSync(dir.path('a'))).toEqual(['b.txt'])
  })

  it.each([
    ['a file where a folder should be', () => `${dir.file('f', '')}/x.txt`, /not a folder/],
    ['a folder where the file should be', () => dir.path('.'), /cannot be written/],
    ['a place that takes no files', () => '/proc/x.txt', /cannot be written/],
  ])('refuses %s', (_, path, message) => {
    const target = path()
    expect(() => writeFileAtomic(target, 'x')).toThrow(InputError)
    expect(() => writeFileAtomic(target, 'x')).toThrow(message)
  })
})
