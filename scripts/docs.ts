/** `npm run docs`: writes the files in docs/ that the program itself makes. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generatedFiles } from '#scripts/generated'

const root = fileURLToPath(new URL('../', import.meta.url))

for (const { path, text } of await generatedFiles()) {
  mkdirSync(dirname(root + path), { recursive: true })
  writeFileSync(root + path, text)
  console.log(path)
}
