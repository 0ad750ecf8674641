/** `pumpbench calibrate` and `run --rig-file`, as a user calls them. */
import { describe, expect, it } from 'vitest'
import { emptyFolder } from './command.ts'
import { passing } from './scenarios.ts'

const folder = emptyFolder()
const WRONG = ['--sim', 'step-volume=0.2537 uL']
const calibrate = (...args: string[]) =>
  folder.pumpbench('calibrate', '--rig', 'ideal', '--out', 'rig.yaml', '--date', '2026-01-05', ...args)

describe('a rig calibrated and used', () => {
  it('brings to light the step volume that pump and bench were both wrong about', async () => {
    folder.write('case.yaml', passing())
    expect((await folder.pumpbench('run', 'case.yaml')).status).toBe(0)
    const made = await calibrate(...WRONG)
    expect(made.stdout).toContain('rig file: rig.yaml')
    const written = [...folder.read('rig.yaml').matchAll(/(?:step_volume|uncertainty|standard): (\S+ uL)/g)]
    expect(written.length).toBeGreaterThan(5)
    for (const [, figure = ''] of written) expect(made.stdout).toContain(` ${figure}`)
    expect(made.status).toBe(0)
    const run = ['run', 'case.yaml', '--rig-file', 'rig.yaml', '--trace', 'case.ndjson', '--json', 'a.json']
    const used = await folder.pumpbench(...run, '--date', '2026-06-01')
    expect(used.status).toBe(1)
    expect(used.stdout).toContain('believed')
    const [first] = folder.result('a.json').runs
    expect(first?.calibration).toMatchObject({ used: '2026-06-01', doubt: null })
    // What was judged then is judged alike from the trace alone, on whatever day.
    expect((await folder.pumpbench('replay', 'case.ndjson', '--json', 'b.json')).status).toBe(1)
    expect(folder.result('b.json').runs[0]?.checks).toEqual(first?.checks)
    const late = await folder.pumpbench(...run, '--date', '2027-06-01')
    expect(late.status).toBe(3)
    expect(folder.result('a.json').runs[0]?.calibration?.doubt).toContain('was due on 2027-01-04')
  })

  it('is used in threads too', async () => {
    folder.write('one.yaml', passing('one'))
    folder.write('two.yaml', passing('two'))
    expect((await calibrate(...WRONG)).status).toBe(0)
    const args = ['run', 'one.yaml', 'two.yaml', '--jobs', '2', '--rig-file', 'rig.yaml', '--date', '2026-06-01']
    expect(folder.process(...args, '--json', 'a.json').status).toBe(1)
    for (const run of folder.result('a.json').runs) expect(run.provenance.displaced).toContain('SIM-1')
  })
})

describe('calibrate', () => {
  it('writes nothing from a draught, and says why', async () => {
    const { status, stderr } = await calibrate('--sim', 'draught=5 mg', '--sim', 'draught-for=2 h')
    expect({ status, names: folder.names() }).toEqual({ status: 3, names: [] })
    expect(stderr).toContain('no rig file was written: run')
  })

  it('writes over nothing unless it is told to', async () => {
    folder.write('rig.yaml', 'mine')
    expect(await calibrate()).toMatchObject({ status: 2, stderr: expect.stringContaining('--force') })
    expect(folder.read('rig.yaml')).toBe('mine')
    expect((await calibrate('--force')).status).toBe(0)
    expect(folder.read('rig.yaml')).toContain('pumpbench/rig@1')
  })

  it.each([
    [['--sim', 'noise=5'], '--sim: noise'],
    [['--sim', 'wind=5 mg'], 'write one of step-volume'],
    [['--balance', 'serial:/dev/null'], 'virtual and moves no fluid'],
    [['--balance', 'spring'], 'serial:PATH'],
    [['--rig', 'tcp:127.0.0.1:9'], 'what it moves has to be weighed'],
    [['--rig', 'serial:/dev/null', '--balance', 'serial:/dev/../dev/null'], 'a port each'],
    [['--rig', 'serial:/dev/null', '--balance', 'serial:/dev/zero', '--sim', 'noise=5 mg'], '--sim and --seed'],
    [['--rig', 'tcp:nowhere'], 'a host and a port'],
    [['--certificate', 'K-1'], 'a simulated one has none'],
    [['--due', '2025-01-01'], 'before the calibration'],
    [['--date', 'today'], 'a day is written as'],
    [['--temperature', '50 degC'], 'between 0 degC and 40 degC'],
    [['--density', '1000 mg/mL'], 'go together'],
    [['--runs', '2'], 'from 5 to 100'],
  ])('refuses %j before anything turns', async (args, reason) => {
    const { status, stderr } = await calibrate(...args)
    expect(stderr).toContain(reason)
    expect({ status, names: folder.names() }).toEqual({ status: 2, names: [] })
  })
})

it('a rig and a balance on ports that are not there are no calibration, and nothing is written', async () => {
  const { status, stderr } = await calibrate('--rig', 'serial:/dev/no-rig', '--balance', 'serial:/dev/no-balance')
  expect(stderr).toContain('no rig file was written: /dev/no-balance cannot be opened')
  expect({ status, names: folder.names() }).toEqual({ status: 3, names: [] })
})

describe('a rig file', () => {
  it('of another rig, broken or without its date is refused before anything runs', async () => {
    folder.write('case.yaml', passing())
    expect((await calibrate()).status).toBe(0)
    const avr = await folder.pumpbench('run', 'case.yaml', '--rig', 'avr', '--rig-file', 'rig.yaml')
    expect(avr).toMatchObject({ status: 2, stderr: expect.stringContaining('is of the rig ideal') })
    folder.write('rig.yaml', folder.read('rig.yaml').replace('coverage: ', 'coverage: -'))
    const broken = await folder.pumpbench('run', 'case.yaml', '--rig-file', 'rig.yaml')
    expect(broken).toMatchObject({ status: 2, stderr: expect.stringMatching(/rig\.yaml:6:11: "-2/) })
    folder.write('rig.yaml', folder.read('rig.yaml').replace('coverage: -', 'coverage: '))
    const kept = folder.read('rig.yaml')
    for (const step of ['2.51 uL', '0.0249 uL']) {
      folder.write('rig.yaml', kept.replace(/step_volume: .*/, `step_volume: ${step}`))
      const far = await folder.pumpbench('run', 'case.yaml', '--rig-file', 'rig.yaml')
      expect(far).toMatchObject({
        status: 2,
        stderr: expect.stringMatching(`a step of ${step}, .*case.yaml is 0.25 uL`),
      })
    }
    const dated = await folder.pumpbench('run', 'case.yaml', '--date', '2026-01-01')
    expect(dated).toMatchObject({ status: 2, stderr: expect.stringContaining('--date has no meaning without') })
  })
})
