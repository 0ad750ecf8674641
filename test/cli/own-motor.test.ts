/** A pump with a clock and a motor of its own, and a rig that looks on, each at the end of a socket, as a user names them. */
import { expect, it } from 'vitest'
import { draft, therapy } from '../support/scenario.ts'
import { checkOf, emptyFolder, ended, onlyRun } from './command.ts'
import { servedRigs } from './served.ts'

const folder = emptyFolder()
const servedRig = servedRigs(folder, 'rig')
const servedPump = servedRigs(folder, 'serve')

/** No step is due in so short a time, so that nobody has to see one. */
const SHORT = draft({
  prescription: [therapy('0 s', '50 ug/d'), '{ at: 1 s, therapy: { mode: stopped } }'],
  duration: '2 s',
  checks: ['{ check: tracking, within: 1 step }'],
})

it('is programmed and asked over its wire, in real time, while the rig looks on', async () => {
  const [rig, pump] = await Promise.all([servedRig('--tcp', '0'), servedPump('--tcp', '0', '--real-time')])
  folder.write('a.yaml', SHORT)
  const equipment = ['--rig', rig.where, '--sense', 'coils', '--no-encoder', '--pump', pump.where]
  const { status, stderr } = await ended(folder.start(['run', 'a.yaml', '--json', 'r.json', ...equipment]))
  expect(stderr).not.toContain('problem')
  const run = onlyRun(folder.result('r.json'))
  expect(checkOf(run, 'tracking').outcome).toBe('pass')
  expect(run.provenance.steps).toContain('measured: coil lines')
  expect(run.events.filter(({ event }) => event === 'programmed').length).toBe(2)
  expect(status).toBe(0)
}, 60_000)
