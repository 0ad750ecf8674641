/**
 * What crosses a wire, in lines for people: when it came by the clock of the host and by that of the rig, and what it means.
 *
 * A frame that states a tick shows that one; for the others the tick is reckoned from the last that was stated, with `~`.
 */
import { TO_HOST, TO_RIG } from '#protocol/catalogue'
import type { Frame, ToHost, ToRig } from '#protocol/message'
import { type Piece, Splitter } from '#protocol/splitter'
import { extendTick, TICK_us } from '#protocol/ticks'

/** Ticks of four weeks have so many digits. */
const TICK_WIDTH = 12
/** Of a line that is no frame no more is shown. */
const MOST_TEXT = 200

export class MonitorLines {
  readonly #fromRig = new Splitter('to-host')
  readonly #toRig = new Splitter('to-rig')
  /** The last tick that the rig stated, and when. */
  #stated: { readonly tick: number; readonly at_us: number } | undefined

  /** Forgets half lines and ticks: of a wire that was cut, or a rig that has restarted. */
  restart(): void {
    this.#fromRig.push(Uint8Array.of(0x0a))
    this.#stated = undefined
  }

  /** Lines for bytes from the rig. `at` is the time of day, `now_us` that of a clock that never goes back. */
  received(bytes: Uint8Array, at: Date, now_us: number): string[] {
    return this.#fromRig.push(bytes).map((piece) => this.#line(at, ...this.#read(piece, now_us)))
  }

  /** Lines for bytes to the rig. */
  sent(bytes: Uint8Array, at: Date, now_us: number): string[] {
    return this.#toRig.push(bytes).flatMap((piece) => {
      const what = piece.kind === 'frame' ? told(piece.frame, TO_RIG) : piece.kind === 'halt' ? 'HALT' : undefined
      return what === undefined ? [] : [this.#line(at, this.#reckoned(now_us), '>', what)]
    })
  }

  #read(piece: Piece<'to-host'>, now_us: number): readonly [tick: string, way: '<', what: string] {
    switch (piece.kind) {
      case 'frame':
        return [this.#tickOf(piece.frame, now_us), '<', told(piece.frame, TO_HOST)]
      case 'log':
        return [this.#reckoned(now_us), '<', `log ${JSON.stringify(clipped(piece.text))}`]
      case 'flawed':
        return [this.#reckoned(now_us), '<', `no frame (${piece.flaw}): ${JSON.stringify(clipped(piece.text))}`]
      case 'halt':
        return [this.#reckoned(now_us), '<', 'HALT']
    }
  }

  #tickOf({ message }: Frame<ToHost>, now_us: number): string {
    if (message.type === 'BOOT') this.#stated = undefined
    // That of a HALTED may lie days back.
    if (!('tick' in message) || message.type === 'HALTED') return this.#reckoned(now_us)
    const tick =
      this.#stated === undefined ? message.tick : extendTick(message.tick, this.#present(this.#stated, now_us))
    this.#stated = { tick, at_us: now_us }
    return String(tick)
  }

  #reckoned(now_us: number): string {
    return this.#stated === undefined ? '-' : `~${this.#present(this.#stated, now_us)}`
  }

  #present({ tick, at_us }: { readonly tick: number; readonly at_us: number }, now_us: number): number {
    return tick + Math.round((now_us - at_us) / TICK_us)
  }

  #line(at: Date, tick: string, way: '<' | '>', what: string): string {
    return `${at.toISOString().slice(11, 23)}  ${tick.padStart(TICK_WIDTH)}  ${way} ${what}`
  }
}

/** A message with the names of its fields; the token says nothing to anybody. */
function told(
  { sequence, message }: Frame<ToHost | ToRig>,
  catalogue: Readonly<Record<string, { readonly fields: object }>>,
): string {
  const values: Readonly<Record<string, number | string>> = message
  const names = Object.keys(catalogue[message.type]?.fields ?? {}).filter((name) => name !== 'token')
  return [`${message.type} ${sequence}`, ...names.map((name) => `${name} ${values[name]}`)].join(', ')
}

function clipped(text: string): string {
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}...` : text
}
