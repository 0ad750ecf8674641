/**
 * The battery: the charge drawn from the cell, the voltage it has left under load, and the dates that follow.
 *
 * Between two changes of load the charge grows at a constant rate, a step's charge spread evenly over the time to the
 * next one, so every instant below is worked out and never waited for. What counts is the voltage under the current of a
 * step: a cell whose resistance has risen may read full at rest and still reset the pump (TGA RC-2017-RN-00567-1). The
 * pump tests its cell under that load whether or not the motor runs. Figures come from the pump model.
 */
import type { CellModel, PumpModel } from '#firmware-sim/model'
import {
  as,
  type Charge_pC,
  type Current_uA,
  type Resistance_ohm,
  type Time_us,
  type Voltage_mV,
} from '#units/quantity'
import {
  add,
  advanced,
  compare,
  compareAdvanced,
  delayed,
  divide,
  equal,
  floor,
  isPositive,
  isZero,
  multiply,
  ONE,
  type Rational,
  subtract,
  sum,
  times,
  whole,
  ZERO,
} from '#units/rational'
import { rememberedOfTwo } from '#units/remembered'

/** What the pump asks of its cell. */
export interface Load {
  /** Steps in a microsecond, fractions of a step included. */
  readonly rate: Rational
  /** Whether a telemetry carrier is there to listen to. */
  readonly carrier: boolean
}

export interface Battery {
  /** Charge drawn up to `since_us`, and the mean current from then on, that of the steps included. */
  readonly used_pC: Charge_pC
  readonly since_us: Time_us
  readonly current_uA: Current_uA
  /** The latest readings of the loaded voltage, oldest first; at most {@link READINGS_KEPT}. */
  readonly readings_mV: readonly Voltage_mV[]
  /** When the next reading is due. */
  readonly nextReading_us: Time_us
  /** Since when replacement is due; it never ceases to be. */
  readonly replacementSince_us: Time_us | null
  /** Whether the pump was reset by its cell and the cell has not recovered since. */
  readonly sagged: boolean
}

/** Readings whose mean decides on replacement: the Generic Infusion Pump requirements judge a battery by ten. */
export const READINGS_KEPT = 10

/** How far above the reset voltage a reading must be before the cell may reset the pump again; no source gives it. */
const RECOVERY_mV: Voltage_mV = as(whole(100))

/** No resistance beyond that of the model's cell. */
const NONE: Resistance_ohm = as(ZERO)

/** Microvolts in a millivolt. */
const THOUSAND = whole(1000)

/** A new cell in a pump that has just been put together and rests: it draws the quiescent current from instant zero. */
export function FULL({ cell }: PumpModel): Battery {
  return {
    used_pC: as<Charge_pC>(ZERO),
    since_us: as<Time_us>(ZERO),
    current_uA: currentOf(cell, { rate: ZERO, carrier: false }),
    readings_mV: [],
    nextReading_us: cell.reading_us,
    replacementSince_us: null,
    sagged: false,
  }
}

/** Charge drawn up to `at_us`, however often the load was changed before; throws RangeError before the last change. */
export function usedAt(battery: Battery, at_us: Time_us): Charge_pC {
  const { used_pC, current_uA, since_us } = battery
  if (compare(at_us, since_us) < 0) {
    throw new RangeError('the cell was asked for an instant before its last change of load')
  }
  return as(advanced(used_pC, current_uA, at_us, since_us))
}

/** The battery with another load from `at_us` on; null when it is cut off and gives nothing. */
export function drawing(battery: Battery, cell: CellModel, at_us: Time_us, load: Load | null): Battery {
  const current_uA = currentOf(cell, load)
  if (equal(current_uA, battery.current_uA)) return battery
  const { readings_mV, nextReading_us, replacementSince_us, sagged } = battery
  const used_pC = usedAt(battery, at_us)
  return { used_pC, since_us: at_us, current_uA, readings_mV, nextReading_us, replacementSince_us, sagged }
}

/** The battery less a charge that was drawn all at once, as an exchange with a programmer is. */
export function spent(battery: Battery, charge_pC: Charge_pC): Battery {
  return { ...battery, used_pC: as<Charge_pC>(add(battery.used_pC, charge_pC)) }
}

/** Voltage at rest of a cell that has given `used_pC`: two straight lines, and constant once it is used up. */
export function openVoltage(cell: CellModel, used_pC: Charge_pC): Voltage_mV {
  return as(voltageAt(openLine(cell), divide(used_pC, cell.capacity_pC)))
}

/** Voltage under the current of a step, with `extra_ohm` in the way beside the cell's own resistance at that age. */
export function loadedVoltage(cell: CellModel, used_pC: Charge_pC, extra_ohm: Resistance_ohm = NONE): Voltage_mV {
  return as(voltageAt(loadedLine(cell, extra_ohm), divide(used_pC, cell.capacity_pC)))
}

/**
 * The first instant, not before `now_us`, at which the loaded voltage is at or below the reset voltage if the load goes
 * on. Null when that never comes: nothing is drawn, the voltage stays above, or the pump was reset by it already.
 */
export function sagAt(
  battery: Battery,
  cell: CellModel,
  now_us: Time_us = battery.since_us,
  extra_ohm: Resistance_ohm = NONE,
): Time_us | null {
  const { current_uA } = battery
  if (battery.sagged || !isPositive(current_uA)) return null
  const first_pC = firstDescent(cell, extra_ohm)
  if (first_pC === null) return null
  const first_us = delayed(battery.since_us, first_pC, battery.used_pC, current_uA)
  if (compare(first_us, now_us) >= 0) return as(first_us)
  const used_pC = usedAt(battery, now_us)
  const reached_pC = descentTo(cell, extra_ohm, used_pC)
  return reached_pC === null ? null : as(add(now_us, divide(subtract(reached_pC, used_pC), current_uA)))
}

/** Whether the cell certainly does not sag up to an instant if the load goes on; told with less work than {@link sagAt}. */
export function sagsAfter(
  battery: Battery,
  cell: CellModel,
  at_us: Time_us,
  extra_ohm: Resistance_ohm = NONE,
): boolean {
  if (battery.sagged || !isPositive(battery.current_uA)) return true
  const first_pC = firstDescent(cell, extra_ohm)
  const { used_pC, current_uA, since_us } = battery
  return first_pC === null || compareAdvanced(used_pC, current_uA, at_us, since_us, first_pC) < 0
}

/** The battery once its cell has reset the pump: it does not do so again before {@link RECOVERY_mV} says so. */
export function hasSagged(battery: Battery): Battery {
  return { ...battery, sagged: true }
}

/**
 * The battery after a reading at `at_us`. The next one is due at the first of the regular instants after it, so readings
 * missed while the cell was cut off are not made up.
 */
export function read(battery: Battery, cell: CellModel, at_us: Time_us, extra_ohm: Resistance_ohm = NONE): Battery {
  const reading_mV = loadedVoltage(cell, usedAt(battery, at_us), extra_ohm)
  const recovered = compare(reading_mV, add(cell.reset_mV, RECOVERY_mV)) >= 0
  return {
    ...battery,
    readings_mV: [...battery.readings_mV.slice(1 - READINGS_KEPT), reading_mV],
    nextReading_us: readingAfter(battery.nextReading_us, cell.reading_us, at_us),
    sagged: battery.sagged && !recovered,
  }
}

/** Whether replacement is due: by the mean of ten readings, never of fewer, or by the age of the pump. */
export function replacementDue(battery: Battery, model: PumpModel, at_us: Time_us): boolean {
  if (compare(at_us, model.serviceLife_us) >= 0) return true
  const { readings_mV } = battery
  if (readings_mV.length < READINGS_KEPT) return false
  return compare(sum(readings_mV), times(model.cell.replacement_mV, READINGS_KEPT)) <= 0
}

/** When replacement falls due by age; null when it is due already. Readings may make it due before. */
export function replacementByAge(battery: Battery, model: PumpModel): Time_us | null {
  return battery.replacementSince_us === null ? model.serviceLife_us : null
}

/** The battery with replacement due from `at_us` on, or from before if it was due already. */
export function replacing(battery: Battery, at_us: Time_us): Battery {
  return battery.replacementSince_us === null ? { ...battery, replacementSince_us: at_us } : battery
}

/** When service ends; null while replacement is not due. */
export function endOfService(battery: Battery, model: PumpModel): Time_us | null {
  if (battery.replacementSince_us === null) return null
  return as(add(battery.replacementSince_us, model.replacementPeriod_us))
}

/** Charge per time: 1 pC/us is 1 uA. */
function currentOf(cell: CellModel, load: Load | null): Current_uA {
  if (load === null) return as(ZERO)
  const alone_uA = currentAlone(cell, load.rate)
  return load.carrier ? as(add(alone_uA, cell.carrier_uA)) : alone_uA
}

/** The current while no carrier is there. */
const currentAlone = rememberedOfTwo(
  (cell: CellModel, rate: Rational): Current_uA => as(advanced(cell.quiescent_uA, cell.step_pC, rate, ZERO)),
)

function readingAfter(due_us: Time_us, every_us: Time_us, at_us: Time_us): Time_us {
  const passed = floor(divide(subtract(at_us, due_us), every_us)) + 1n
  return as(add(due_us, times(every_us, passed)))
}

/** Voltage over the part of the capacity used, at the corners of straight lines; constant after the last. */
type Line = readonly (readonly [part: Rational, voltage_mV: Rational])[]

function openLine(cell: CellModel): Line {
  return [
    [ZERO, cell.voltage_mV],
    [cell.knee, cell.kneeVoltage_mV],
    [ONE, cell.emptyVoltage_mV],
  ]
}

/** Resistance grows in one straight line, so the loaded voltage has no corners but those of the voltage at rest. */
function loadedLine(cell: CellModel, extra_ohm: Resistance_ohm): Line {
  const aging_ohm = subtract(cell.resistanceAged_ohm, cell.resistance_ohm)
  return openLine(cell).map(([part, open_mV]) => {
    const own_ohm = add(cell.resistance_ohm, multiply(aging_ohm, part))
    const drop_uV = multiply(cell.step_uA, add(own_ohm, extra_ohm))
    return [part, subtract(open_mV, divide(drop_uV, THOUSAND))]
  })
}

function voltageAt(line: Line, part: Rational): Rational {
  let left: Line[number] = [ZERO, ZERO]
  for (const right of line) {
    if (compare(part, right[0]) < 0) return between(left, right, part)
    left = right
  }
  return left[1]
}

function between([x1, y1]: Line[number], [x2, y2]: Line[number], x: Rational): Rational {
  return add(y1, divide(multiply(subtract(y2, y1), subtract(x, x1)), subtract(x2, x1)))
}

/** The first charge, not below `from_pC`, at which the loaded voltage is at or below the reset voltage; null for none. */
function descentTo(cell: CellModel, extra_ohm: Resistance_ohm, from_pC: Charge_pC): Charge_pC | null {
  const [line, level_mV] = [loadedLine(cell, extra_ohm), cell.reset_mV]
  const from = divide(from_pC, cell.capacity_pC)
  let left: Line[number] = [from, voltageAt(line, from)]
  if (compare(left[1], level_mV) <= 0) return from_pC
  for (const right of line) {
    if (compare(right[0], from) <= 0) continue
    if (compare(right[1], level_mV) <= 0) {
      const [[x1, y1], [x2, y2]] = [left, right]
      const part = add(x1, divide(multiply(subtract(y1, level_mV), subtract(x2, x1)), subtract(y1, y2)))
      return as(multiply(cell.capacity_pC, part))
    }
    left = right
  }
  return null
}

/** The same for a full cell, worked out once for each cell, since every change of load asks for it. */
const FIRST_DESCENTS = new WeakMap<CellModel, Charge_pC | null>()

function firstDescent(cell: CellModel, extra_ohm: Resistance_ohm): Charge_pC | null {
  const full_pC: Charge_pC = as(ZERO)
  if (!isZero(extra_ohm)) return descentTo(cell, extra_ohm, full_pC)
  let first_pC = FIRST_DESCENTS.get(cell)
  if (first_pC === undefined) {
    first_pC = descentTo(cell, extra_ohm, full_pC)
    FIRST_DESCENTS.set(cell, first_pC)
  }
  return first_pC
}
