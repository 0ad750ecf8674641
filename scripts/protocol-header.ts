/** `npm run protocol`: writes the files that are generated from the message catalogue. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { protocolFiles } from '#scripts/protocol-files'

const root = fileURLToPath(new URL('../', import.meta.url))

for (const { path, text } of protocolFiles(root)) {
  mkdirSync(dirname(root + path), { recursive: true })
  writeFileSync(root + path, text)
  console.log(path)
}
