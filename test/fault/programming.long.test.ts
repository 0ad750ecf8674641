/** Every programming error in every file of the library. */
import { describe, it } from 'vitest'
import { PROGRAMMING_ENTRIES } from '#hil/fault/programming/errors'
import { expectAsSaid, libraryWritten } from './as-said.ts'

const LIBRARY = libraryWritten()

describe('a programming error in any file of the library', () => {
  it.each(PROGRAMMING_ENTRIES.map((entry) => [entry.name, entry] as const))('%s changes what it says', (_, entry) => {
    for (const { written, scenario } of LIBRARY) expectAsSaid(entry, written, scenario)
  })
})
