/**
 * The soak: thousands of commands to a served rig over a pseudo-terminal whose cable is pulled at random, half of the times
 * while log lines stream through it as fast as a line at 115200 baud could carry them.
 *
 * `npm run soak -- --commands 10000 --seconds-between 3 --seed 1`. What must hold at the end: each command has one outcome,
 * the counters of the rig and its pins tell of the same steps, and neither memory nor files of this process have grown.
 */
import { parseArgs } from 'node:util'
import { soak } from '#scripts/soak/soak'

const { values } = parseArgs({
  options: {
    commands: { type: 'string', default: '10000' },
    'seconds-between': { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
  },
})

const report = await soak({
  commands: Number(values.commands),
  between_ms: Number(values['seconds-between']) * 1000,
  seed: Number(values.seed),
  log: console.log,
  least_lines_s: 300,
})
for (const [what, value] of Object.entries(report.figures)) console.log(`${what.padEnd(34)} ${value}`)
for (const problem of report.problems) console.error(`PROBLEM: ${problem}`)
process.exitCode = report.problems.length === 0 ? 0 : 1
