/** Pumps in machine code as a user names them: on an emulated controller, and wired to one that looks on. */
import { beforeAll, describe, expect, it } from 'vitest'
import { HAS_AVR_GCC, imageOf } from '../c-pump/chip.ts'
import { draft, therapy } from '../support/scenario.ts'
import { emptyFolder, onlyRun } from './command.ts'

const folder = emptyFolder()

const SHORT = draft({
  pump: '{ model: im-20 }',
  fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 20 mL }',
  prescription: [therapy('0 s', '900 ug/d')],
  duration: '3 min',
  sample: '1 min',
  checks: ['{ check: tracking, within: 1.1 step }', '{ check: reservoir-estimate, within: 0.5 uL }'],
})

/** The exit status, and what was said. */
async function run(...args: string[]) {
  folder.write('a.yaml', SHORT)
  const { status, stderr } = await folder.pumpbench('run', 'a.yaml', '--json', 'r.json', ...args)
  return { status, stderr }
}

describe.skipIf(!HAS_AVR_GCC)('machine code of a pump', () => {
  let [held, free] = ['', '']
  beforeAll(() => {
    held = imageOf().hex
    free = imageOf(['FREE_RUNNING']).hex
  }, 60_000)

  it('that orders its steps is the pump in virtual time', async () => {
    const rig = 'avr'
    folder.write('held.hex', held)
    expect((await run('--pump', 'avr:held.hex', '--rig', rig)).status).toBe(0)
    expect(onlyRun(folder.result('r.json'))).toMatchObject({ pump: 'avr:held.hex', rig, verdict: 'pass' })
  })

  it('that turns its own motor is measured by a rig that looks on', async () => {
    folder.write('free.hex', free)
    const pair = ['--rig', 'avr', '--pump', 'avr:free.hex', '--sense', 'coils']
    expect((await run(...pair)).status).toBe(0)
    const { provenance, ...result } = onlyRun(folder.result('r.json'))
    expect(result).toMatchObject({ pump: 'avr:free.hex', rig: 'avr-instrument', verdict: 'pass' })
    expect(provenance.steps).toContain('measured: coil lines and encoder')
    expect((await run(...pair, '--no-encoder')).status).toBe(0)
    expect(onlyRun(folder.result('r.json')).provenance.steps).toContain('measured: coil lines, each')
  })

  it('and rig that do not fit each other are refused before anything runs', async () => {
    folder.write('held.hex', held)
    folder.write('free.hex', free)
    const turns = await run('--pump', 'avr:free.hex', '--rig', 'ideal')
    expect(turns.status).toBe(2)
    expect(turns.stderr).toContain('the pump turns its own motor (option free-running) and orders no steps')
    const orders = await run('--pump', 'avr:held.hex', '--rig', 'avr', '--sense', 'coils')
    expect(orders.status).toBe(2)
    expect(orders.stderr).toContain('the rig avr-instrument looks on and turns no motor')
    expect(folder.names()).not.toContain('r.json')
  })

  it('that turns its own motor is not run with a fault of it', async () => {
    folder.write('free.hex', free)
    folder.write('b.yaml', `${SHORT}faults:\n  - { at: 1 min, fault: motor-stall, for: 1 min }\n`)
    const pair = ['--rig', 'avr', '--pump', 'avr:free.hex', '--sense', 'coils']
    const { status, stderr } = await folder.pumpbench('run', 'b.yaml', ...pair)
    expect(status).toBe(2)
    expect(stderr).toContain('b.yaml: the fault motor-stall cannot be carried')
  })
})

it.each<readonly [what: string, args: readonly string[], text: string]>([
  ['no file', ['--pump', 'avr:none.hex'], '--pump "avr:none.hex": none.hex: cannot be read: no such file'],
  ['no name', ['--pump', 'avr:'], 'an Intel HEX file for an ATmega328P is missing'],
  ['another file', ['--pump', 'avr:a.yaml'], 'a.yaml is no Intel HEX of an ATmega328P: line 1 is not a record'],
  ['--sense with a rig that has no lines', ['--rig', 'ideal', '--sense', 'coils'], 'it has no lines to look at'],
  ['--sense without machine code', ['--rig', 'avr', '--sense', 'step'], 'give its machine code, --pump avr:IMAGE.hex'],
  [
    '--sense of a board and machine code',
    ['--rig', 'serial:/dev/none', '--sense', 'coils', '--pump', 'avr:a.hex'],
    'an emulated pump is wired to the emulated rig alone',
  ],
  ['--sense in a hurry', ['--rig', 'serial:/dev/none', '--sense', 'coils', '--speed', '2'], 'cannot be hurried'],
  ['--no-encoder alone', ['--no-encoder'], '--no-encoder says how a rig is wired that looks on'],
  ['--sense of a board and our model', ['--rig', 'tcp:127.0.0.1:1', '--sense', 'coils'], 'looks on and turns no motor'],
  [
    'several at a time',
    ['--pump', 'avr:a.hex', '--jobs', '2'],
    '--jobs 2: a pump on a wire runs one scenario at a time',
  ],
])('a run is refused with %s', async (_, args, text) => {
  folder.write('a.hex', ':00000001FF\n')
  const { status, stderr } = await run(...args)
  expect(stderr).toContain(text)
  expect(status).toBe(2)
})
