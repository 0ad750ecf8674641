/** Every entry of the catalogue of faults in every scenario of the library. */
import { describe, expect, it } from 'vitest'
import { FAULTS } from '#hil/fault/catalogue'
import { LIBRARY, placedIn } from './places.ts'

describe('an entry of the catalogue', () => {
  it.each(FAULTS.map((entry) => [entry.name, entry] as const))(
    '(%s) is put into the whole library',
    (_, entry) => {
      expect(placedIn(entry, LIBRARY).length).toBeGreaterThan(0)
    },
    300_000,
  )
})
