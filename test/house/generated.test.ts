/** The pages and pictures that the program makes are those that are committed: `npm run docs` renews them. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { generatedFiles } from '#scripts/generated'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

describe('the generated files in docs/', async () => {
  it.each(await generatedFiles())('$path is up to date', ({ path, text }) => {
    expect(readFileSync(ROOT + path, 'utf8')).toBe(text)
  })
})
