/**
 * The motor's rotor and its encoder: how the shaft follows the coils.
 *
 * A two-phase stepper: the coils make a field, and the rotor turns to it the shorter way. Driven in full steps it therefore
 * moves one step for each change of the pattern; a field opposite to it, or none, exerts no torque and leaves it where it
 * is, and a field it meets from beyond that pulls it back. So a broken coil wire rocks the rotor, two crossed wires turn it
 * backwards, and a rotor released after a stall finds the nearest field rather than the one it missed. Load, inertia and
 * resonance are left out: at a step a millisecond or slower the rotor has settled before the next.
 */

/** The first pattern of coil wires A+, A-, B+, B- (bits 0 to 3); ascending is forward. */
export const COIL_SEQUENCE: readonly number[] = [0b0101, 0b0110, 0b1010, 0b1001]

/** What the encoder shows at each detent, A in bit 0 and B in bit 1: one detent a motor step. */
export const ENCODER_SEQUENCE: readonly number[] = [0b00, 0b01, 0b11, 0b10]

/** How the driver's outputs reach the coils. */
export interface Wiring {
  /** Coil wires that are broken, as bits. */
  readonly broken: number
  /** Two wires that have changed places, by bit number. */
  readonly crossed: readonly [number, number] | undefined
}

export const SOUND_WIRING: Wiring = { broken: 0, crossed: undefined }

/** The wires of the first coil have changed places: the rotor turns the other way. */
export const CROSSED_WIRING: Wiring = { broken: 0, crossed: [0, 1] }

export interface Rotor {
  /** In half steps from the detent of the first pattern, not wrapped. */
  readonly position: number
  /** What the driver asks for, before the wiring. */
  readonly pattern: number
  readonly wiring: Wiring
  /** Held by something stronger than the motor. */
  readonly locked: boolean
  /** Steps turned either way, and changes to another pattern that turned it by no step although it had one to make. */
  readonly forward: number
  readonly reverse: number
  readonly lost: number
}

/** At the detent of the first pattern, coils off. */
export const RESTING_ROTOR: Rotor = {
  position: 0,
  pattern: 0,
  wiring: SOUND_WIRING,
  locked: false,
  forward: 0,
  reverse: 0,
  lost: 0,
}

const HALF_STEPS_IN_CYCLE = 8
const WIRES = 0b1111

/** Direction of the field in half steps, by what phases A and B are worth (-1, 0, 1). */
const FIELD_OF_PHASES: ReadonlyMap<string, number> = new Map([
  ['1,1', 0],
  ['0,1', 1],
  ['-1,1', 2],
  ['-1,0', 3],
  ['-1,-1', 4],
  ['0,-1', 5],
  ['1,-1', 6],
  ['1,0', 7],
])

/** By pattern at the coils; undefined where they make no field. */
const FIELDS = Array.from({ length: WIRES + 1 }, (_, wires) => {
  const phase = (plus: number) => ((wires >> plus) & 1) - ((wires >> (plus + 1)) & 1)
  return FIELD_OF_PHASES.get(`${phase(0)},${phase(2)}`)
})

/** The step it stands at, or has last passed going up. */
export function stepOf(rotor: Rotor): number {
  return Math.floor(rotor.position / 2)
}

/** The encoder at a step: A in bit 0, B in bit 1. */
export function encoderAt(step: number): number {
  return ENCODER_SEQUENCE[((step % 4) + 4) % 4] ?? 0
}

/** The driver puts a pattern on the coil wires. */
export function energized(rotor: Rotor, pattern: number): Rotor {
  const wires = pattern & WIRES
  if (wires === rotor.pattern) return rotor
  const turned = settled({ ...rotor, pattern: wires })
  // Coils that were off may come on with the field that the rotor stands at already, and then no step is meant.
  const meant = wires !== 0 && (rotor.pattern !== 0 || FIELDS[wires] !== cycled(turned.position))
  return meant && stepOf(turned) === stepOf(rotor) ? { ...turned, lost: turned.lost + 1 } : turned
}

/** Something holds the rotor, or lets go of it. */
export function held(rotor: Rotor, locked: boolean): Rotor {
  return settled({ ...rotor, locked })
}

/** Wires break, change places or are mended. */
export function rewired(rotor: Rotor, wiring: Wiring): Rotor {
  return settled({ ...rotor, wiring })
}

function atCoils(pattern: number, { broken, crossed }: Wiring): number {
  if (crossed === undefined) return pattern & ~broken
  const [one, other] = crossed
  const differ = ((pattern >> one) ^ (pattern >> other)) & 1
  return (pattern ^ (differ << one) ^ (differ << other)) & ~broken
}

/** The rotor where the field has pulled it. */
function settled(rotor: Rotor): Rotor {
  const field = FIELDS[atCoils(rotor.pattern, rotor.wiring)]
  if (field === undefined || rotor.locked) return rotor
  const half = HALF_STEPS_IN_CYCLE / 2
  const ahead = cycled(field - rotor.position)
  if (ahead === half) return rotor
  const turned = { ...rotor, position: rotor.position + (ahead < half ? ahead : ahead - HALF_STEPS_IN_CYCLE) }
  const steps = stepOf(turned) - stepOf(rotor)
  return { ...turned, forward: rotor.forward + Math.max(0, steps), reverse: rotor.reverse + Math.max(0, -steps) }
}

/** Half steps within one electrical cycle. */
function cycled(position: number): number {
  return ((position % HALF_STEPS_IN_CYCLE) + HALF_STEPS_IN_CYCLE) % HALF_STEPS_IN_CYCLE
}
