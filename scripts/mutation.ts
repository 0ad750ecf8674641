/**
 * Mutation testing of groups of files, or of files: `npm run mutation -- limits reservoir`; without names, of every group.
 *
 * With `--table` nothing is run: what the runs before left in `.mutation/` is told as the table and the list of survivors
 * of docs/MUTATION.md, of all files or of those whose names begin as given.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { GROUPS, groupsOf } from '#scripts/mutation/groups'
import { scores } from '#scripts/mutation/scores'

const { values, positionals } = parseArgs({ options: { table: { type: 'boolean' } }, allowPositionals: true })
if (values.table === true) {
  console.log(scores(positionals))
} else {
  const { name, mutate } = groupsOf((positionals.length === 0 ? GROUPS.map((group) => group.name) : positionals).join())
  const stryker = fileURLToPath(import.meta.resolve('@stryker-mutator/core')).replace(/dist.*/, 'bin/stryker.js')
  const env = { ...process.env, MUTATION_GROUPS: name, NODE_OPTIONS: '--import tsx' }
  const { status } = spawnSync(process.execPath, [stryker, 'run', '-m', mutate.join(',')], { env, stdio: 'inherit' })
  console.log(scores(mutate.map((file) => file.replace(/\*.*/, ''))))
  process.exitCode = status ?? 1
}
