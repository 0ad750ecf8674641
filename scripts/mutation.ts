/**
 * Mutation testing, group by group: `npm run mutation -- programming limits`; without names, every group there is.
 *
 * With `--table` nothing is run: what the last runs left in `.mutation/` is told as the table and the list of survivors
 * of docs/MUTATION.md.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { GROUPS, groupOf } from '#scripts/mutation/groups'
import { scores } from '#scripts/mutation/scores'

const { values, positionals } = parseArgs({ options: { table: { type: 'boolean' } }, allowPositionals: true })
const groups = positionals.length === 0 ? GROUPS : positionals.map(groupOf)
const stryker = fileURLToPath(import.meta.resolve('@stryker-mutator/core')).replace(/dist.*/, 'bin/stryker.js')

for (const { name, mutate } of values.table === true ? [] : groups) {
  const env = { ...process.env, MUTATION_GROUP: name, NODE_OPTIONS: '--import tsx' }
  const { status } = spawnSync(process.execPath, [stryker, 'run', '-m', mutate.join(',')], { env, stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
console.log(scores(groups))
