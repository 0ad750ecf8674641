/** Rig and pump of a test by the names that `run` takes, what is wrong with a wrong one, and what there is only once. */
import { describe, expect, it } from 'vitest'
import { idealRig } from '#hil/rig/ideal'
import { equipmentOf } from '#scripts/equipment'
import { testEquipment } from '#scripts/test-equipment'

const refused = (environment: Record<string, string>) => () => testEquipment({}, environment)

describe('a name that is wrong', () => {
  it.each([
    ['steam', undefined],
    ['serial:', undefined],
    ['tcp:127.0.0.1', undefined],
    [undefined, 'syringe'],
    [undefined, 'exec:'],
    [undefined, 'exec:"my pump'],
    [undefined, 'tcp:127.0.0.1:70000'],
    [undefined, 'avr:'],
  ])('is refused with the words of run: rig %s, pump %s', (rig, pump) => {
    const found = equipmentOf({ ...(rig === undefined ? {} : { rig }), ...(pump === undefined ? {} : { pump }) })
    const problem = [found.rig, found.pump].flatMap((one) => (one.ok ? [] : [one.problem])).join()
    const here = problem.replace(/--(rig|pump)/, (_, name: string) => `PUMPBENCH_${name.toUpperCase()}`)
    expect(here).toMatch(/^PUMPBENCH_/)
    const environment = rig === undefined ? { PUMPBENCH_PUMP: pump ?? '' } : { PUMPBENCH_RIG: rig }
    expect(refused(environment)).toThrow(here)
  })

  it.each<[Record<string, string>, string]>([
    [
      { PUMPBENCH_RIG: 'ideal', PUMPBENCH_SPEED: '2' },
      'PUMPBENCH_SPEED has no meaning on PUMPBENCH_RIG ideal, whose clock is virtual',
    ],
    [
      { PUMPBENCH_RIG: 'tcp:127.0.0.1:7000', PUMPBENCH_SPEED: 'fast' },
      'PUMPBENCH_SPEED "fast": a speed is a number above zero',
    ],
    [{ PUMPBENCH_SENSE: 'steps' }, 'PUMPBENCH_SENSE "steps" is not known; this version has: coils, step'],
    [
      { PUMPBENCH_RIG: 'ideal', PUMPBENCH_SENSE: 'step' },
      'PUMPBENCH_SENSE with PUMPBENCH_RIG ideal: it has no lines to look at',
    ],
    [{ PUMPBENCH_ENCODER: 'no' }, 'PUMPBENCH_ENCODER "no" is not known; this version has: none'],
    [
      { PUMPBENCH_ENCODER: 'none' },
      'PUMPBENCH_ENCODER none says how a rig is wired that looks on; give PUMPBENCH_SENSE',
    ],
  ])('is refused: %j', (environment, problem) => {
    expect(refused(environment)).toThrow(problem)
  })
})

describe('a name that run takes', () => {
  it('is taken of every rig and pump', () => {
    const wired = testEquipment({}, { PUMPBENCH_RIG: 'serial:/dev/ttyACM0', PUMPBENCH_PUMP: 'exec:./my-pump --fast' })
    expect([wired.rig.name, wired.rig.clock, wired.pump.name]).toEqual([
      ...['serial:/dev/ttyACM0', 'wall', 'exec:./my-pump --fast'],
    ])
    const { rig } = testEquipment({}, { PUMPBENCH_RIG: 'tcp:127.0.0.1:7000', PUMPBENCH_SPEED: '60' })
    expect(rig).toMatchObject({ name: 'tcp:127.0.0.1:7000', speed: { n: 60n, d: 1n } })
    const looking = testEquipment({}, { PUMPBENCH_RIG: 'serial:COM3', PUMPBENCH_SENSE: 'coils' })
    expect(looking.rig.looksOn).toBe(true)
    const { rig: usual, pump } = testEquipment({}, {})
    expect([usual.name, pump.name]).toEqual(['avr', 'model'])
  })

  it('is not looked at where a test brings its own', () => {
    expect(testEquipment({ rig: idealRig }, { PUMPBENCH_RIG: 'steam' }).rig).toBe(idealRig)
  })

  it.each([{ PUMPBENCH_RIG: 'tcp:127.0.0.1:7000' }, { PUMPBENCH_PUMP: 'exec:./my-pump' }])(
    'is of one worker of vitest alone, where it is of a wire: %j',
    (environment) => {
      expect(refused({ ...environment, VITEST_POOL_ID: '2' })).toThrow(
        / is there once, .* give it --no-file-parallelism/,
      )
      expect(refused({ ...environment, VITEST_POOL_ID: '1' })).not.toThrow()
      expect(refused({ PUMPBENCH_RIG: 'ideal', VITEST_POOL_ID: '2' })).not.toThrow()
    },
  )
})
