/**
 * Rigs on wires by their names: `serial:PATH` and `tcp:HOST:PORT`, and how fast therapy may run on them.
 *
 * What talks to ports is loaded when the rig is opened, because most runs have no wire and should not wait for it.
 */

import type { LineEffect, LineScript } from '#hil/fault/line-script'
import { defineRig, type Rig, type RigCommand, type RigDefinition, type RigProvenance, TICK_us } from '#hil/rig/rig'
import type { PumpWiring } from '#hil/rig/sensing/sensed-steps'
import type { Transport } from '#hil/rig/serial/transport'
import { isIdentity, USB_RULE, usbIdentity } from '#hil/rig/serial/usb-identity'
import type { Scenario } from '#hil/scenario/types'
import { LIMITS } from '#protocol/catalogue'
import { type Named, rigNamed } from '#scripts/registry'
import { divide, floor, multiply, type Rational, ratio, toNumber, whole } from '#units/rational'

/** What a name says: how to get to the rig. */
type Way =
  | { readonly kind: 'serial'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }

const LAST_PORT = 65_535
const LONGEST_PATH = 1000

/** How a rig on a wire is used. */
export interface WireRigSettings {
  /** How many times faster than the clock on the wall therapy runs; as fast if not given. */
  readonly speed?: Rational
  /** How a pump is wired to it that turns its own motor; without it the rig turns one. */
  readonly sense?: PumpWiring
}

/** Whether the name is that of a rig on a wire. */
export function isOnPort(name: string): boolean {
  return /^(serial|tcp):/.test(name)
}

/** The rig of that name, on a wire or ours, or what is wrong with the name. `where` says what the name was given by. */
export function anyRigNamed(name: string, settings: WireRigSettings = {}, where = '--rig'): Named<RigDefinition> {
  if (isOnPort(name)) return wireRigNamed(name, settings, where)
  const found = rigNamed(name, where)
  return found.ok ? found : { ok: false, problem: `${found.problem}, serial:PATH, tcp:HOST:PORT` }
}

function wireRigNamed(name: string, settings: WireRigSettings, where: string): Named<RigDefinition> {
  const way = wayOf(name)
  if (typeof way === 'string') return { ok: false, problem: `${where} ${JSON.stringify(name)}: ${way}` }
  const { speed, sense } = settings
  const create = () => new LateRig(async () => await opened(way, settings))
  const kind = { ...(speed === undefined ? {} : { speed }), ...(sense === undefined ? {} : { looksOn: true }) }
  return { ok: true, value: defineRig({ name, clock: 'wall', line: true, firmware: null, ...kind, create }) }
}

/** What is wrong with the name of something on a wire, in words; null where it can be tried. */
export function wireNameProblem(name: string): string | null {
  const way = wayOf(name)
  return typeof way === 'string' ? way : null
}

function wayOf(name: string): Way | string {
  const [, path] = /^serial:(.+)$/.exec(name) ?? []
  if (path !== undefined && isIdentity(path) && usbIdentity(path) === undefined) return USB_RULE
  if (path !== undefined && path.length <= LONGEST_PATH) return { kind: 'serial', path }
  if (name.startsWith('serial:')) return 'the path of a port is missing, such as serial:/dev/ttyACM0 or serial:COM3'
  const [, bracketed, plain, digits] = /^tcp:(?:\[([0-9A-Fa-f:.]+)\]|([^\s:[\]]+)):(\d{1,5})$/.exec(name) ?? []
  const [host, port] = [bracketed ?? plain, Number(digits)]
  if (host !== undefined && port >= 1 && port <= LAST_PORT) return { kind: 'tcp', host, port }
  return `a host and a port from 1 to ${LAST_PORT} are needed, such as tcp:127.0.0.1:7000 or tcp:[::1]:7000`
}

/** What carries bytes to whatever has that name, or what is wrong with the name. `where` says what the name was given by. */
export async function transportNamed(name: string, where = '--rig'): Promise<Named<Transport>> {
  const way = wayOf(name)
  if (typeof way === 'string') return { ok: false, problem: `${where} ${JSON.stringify(name)}: ${way}` }
  return { ok: true, value: await transportOf(way) }
}

async function opened(way: Way, settings: WireRigSettings): Promise<Rig> {
  const { linkedRig } = await import('#hil/rig/link/linked-rig')
  return linkedRig({ transport: await transportOf(way), ...settings }).create()
}

async function transportOf(way: Way): Promise<Transport> {
  switch (way.kind) {
    case 'serial':
      return (await import('#hil/rig/serial/port-list')).portTransport(way.path)
    case 'tcp':
      return (await import('#hil/rig/tcp/client')).tcpTransport(way)
  }
}

/** Of a rig that has measured nothing. */
const NOT_OPENED: RigProvenance = { displaced: 'measured: encoder', uncertainty_percent: 0 }

/** A rig that is loaded when it is opened. */
class LateRig implements Rig {
  readonly #load: () => Promise<Rig>
  #disturb: ((rig: Rig) => void) | undefined
  #rig: Rig | undefined

  constructor(load: () => Promise<Rig>) {
    this.#load = load
  }

  get identity(): string {
    return this.#rig?.identity ?? 'not opened'
  }

  get provenance(): RigProvenance {
    return this.#rig?.provenance ?? NOT_OPENED
  }

  async open(): Promise<void> {
    this.#rig = await this.#load()
    this.#disturb?.(this.#rig)
    await this.#rig.open()
  }

  disturb(script: LineScript, onEffect: LineEffect): void {
    this.#disturb = (rig) => rig.disturb?.(script, onEffect)
  }

  send(command: RigCommand): Promise<void> | void {
    return this.#opened.send(command)
  }

  advance(to_tick: number): ReturnType<Rig['advance']> {
    return this.#opened.advance(to_tick)
  }

  wire(): ReturnType<NonNullable<Rig['wire']>> {
    return this.#rig?.wire?.()
  }

  async close(): Promise<void> {
    await this.#rig?.close()
  }

  get #opened(): Rig {
    if (this.#rig === undefined) throw new RangeError('the rig is not open')
    return this.#rig
  }
}

/** A speed as it was typed, exactly. */
export function exactSpeed(speed: number): Rational {
  const [, digits = '', fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(String(speed)) ?? []
  return ratio(BigInt(digits + fraction), 10n ** BigInt(fraction.length))
}

/** Scenarios that are too fast for a rig at that speed: steps would be closer than it can make them. */
export function speedProblems(
  { name, speed }: RigDefinition,
  files: readonly { readonly file: string; readonly scenario: Scenario }[],
  where = '--speed',
): string[] {
  if (speed === undefined) return []
  const least_us = whole(LIMITS.interval * TICK_us)
  return files.flatMap(({ file, scenario }) => {
    const { step_uL, rateMax_uL_per_us } = scenario.pump
    const interval_us = divide(step_uL, rateMax_uL_per_us)
    const most = divide(interval_us, least_us)
    if (toNumber(multiply(speed, least_us)) <= toNumber(interval_us)) return []
    const step = `its pump makes up to a step each ${(toNumber(interval_us) / 1e6).toPrecision(3)} s`
    return [
      `${where} ${toNumber(speed)} is more than ${name} can do with ${file}: ${step}, and a rig one each ${toNumber(least_us) / 1000} ms; up to ${floor(most)} is possible`,
    ]
  })
}
