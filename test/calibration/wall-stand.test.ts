/** A calibration on the clock on the wall: the emulated chip on one terminal, a simulated balance on another. */
import { describe, expect, it } from 'vitest'
import { waterDensity } from '#hil/balance/fluid'
import { SimulatedBalance } from '#hil/balance/simulated'
import { type CalibrationPlan, calibrate } from '#hil/calibration/calibrate'
import { benchOf, simulatedBench } from '#hil/calibration/sim-options'
import { StandError } from '#hil/calibration/stand'
import { linkedRig } from '#hil/rig/link/linked-rig'
import { serialTransport } from '#hil/rig/serial/port'
import { WallStand } from '#scripts/wall-stand'
import { whole } from '#units/rational'
import { Chip } from '../wires/chip.ts'
import { HAS_SOCAT, PtyPair } from '../wires/pty-pair.ts'

/** Motor and balance run so many times faster than the wall, which a real balance would not. */
const SPEED = 16
const PLAN: CalibrationPlan = {
  ...{ runs: 3, steps: 200, plateauReadings: 10, blankReadings: 10 },
  ...{ settle_s: 3, retries: 1 },
}
const STATED = { temperature_degC: 20, temperatureStandard_degC: 0.2, linearity_mg: 0.05, sensitivity: 3e-6 }
const MG_PER_STEP = 0.253

/** Rig and balance, each on a terminal; `weather` is what disturbs the balance. */
async function withStand<T>(
  weather: readonly string[],
  use: (
    stand: WallStand,
    bench: { readonly balance: PtyPair; readonly rig: PtyPair; readonly chip: Chip },
  ) => Promise<T>,
): Promise<T> {
  const [rig, balance] = [await PtyPair.open(), await PtyPair.open()]
  const chip = new Chip()
  const simulated = simulatedBench(weather, 1)
  if (!simulated.ok) throw new Error(simulated.problems.join())
  const scale = new SimulatedBalance(benchOf(simulated.bench, STATED).weather)
  const begun_ms = performance.now()
  const now_us = () => (performance.now() - begun_ms) * 1000 * SPEED
  const said = await serialTransport(balance.rig).open()
  const answer = (bytes: Uint8Array) => {
    for (const reply of scale.advance(bytes, now_us())) said.write(reply.bytes)
  }
  said.received.subscribe(answer)
  const clock = setInterval(() => answer(new Uint8Array()), 5)
  let made = 0
  const weighing = setInterval(() => {
    if (chip.made.length > made) scale.load((chip.made.length - made) * MG_PER_STEP, now_us())
    made = chip.made.length
  }, 2)
  chip.attach(await serialTransport(rig.rig).open())
  const linked = linkedRig({ transport: serialTransport(rig.host), speed: whole(SPEED), grace_us: 2e6 })
  const stand = new WallStand(linked, { path: balance.host, answer_ms: 3000 })
  try {
    return await use(stand, { balance, rig, chip })
  } finally {
    await stand.close()
    clearInterval(clock)
    clearInterval(weighing)
    await said.close()
    await chip.close()
    rig.close()
    balance.close()
  }
}

const fluid = waterDensity(20, 0.2)

describe.skipIf(!HAS_SOCAT).concurrent('a stand on two terminals (needs socat)', { retry: 1, timeout: 60_000 }, () => {
  it('finds the step that the motor makes, and how sure it is', async () => {
    await withStand([], async (stand, { chip }) => {
      await stand.open()
      const outcome = await calibrate(stand, PLAN, { fluid, ...STATED })
      if (!outcome.ok) throw new Error(outcome.problem)
      const { step_uL, uncertainty, balanceSerial } = outcome.calibrated
      const true_uL = MG_PER_STEP / (fluid.mg_per_uL - 0.00105)
      expect(Math.abs(step_uL - true_uL)).toBeLessThan(Math.max(uncertainty.expanded_uL, true_uL / 500))
      expect([balanceSerial, chip.made.length]).toEqual(['SIM-1', PLAN.runs * PLAN.steps])
      expect(stand.identity).toContain('firmware')
    })
  })

  it('has no figure of a balance that is never at rest', async () => {
    await withStand(['draught=5 mg', 'draught-at=0 s', 'draught-for=9 h'], async (stand, { chip }) => {
      await stand.open()
      const outcome = await calibrate(stand, PLAN, { fluid, ...STATED })
      expect(outcome).toMatchObject({ ok: false, problem: expect.stringContaining('no steady reading') })
      expect(chip.made.length).toBe(0)
    })
  })

  it.each(['balance', 'rig'] as const)('ends when the cable of the %s is pulled', async (which) => {
    await withStand([], async (stand, bench) => {
      await stand.open()
      const running = calibrate(stand, PLAN, { fluid, ...STATED })
      running.catch(() => undefined)
      while (bench.chip.made.length < 10) await new Promise((resolve) => setTimeout(resolve, 10))
      bench[which].kill()
      await expect(running).rejects.toThrow(
        /the balance at .* is gone|the balance at .* did not answer|the rig has gone/,
      )
    })
  })

  it('opens nothing where there is no balance, and no rig is asked', async () => {
    const stand = new WallStand(
      linkedRig({ transport: { name: 'serial:/dev/none', open: () => Promise.reject(new Error('asked')) } }),
      { path: '/dev/no-such-balance' },
    )
    await expect(stand.open()).rejects.toThrow(StandError)
    await expect(stand.open()).rejects.toThrow(/no-such-balance cannot be opened/)
    await stand.close()
  })
})
