/**
 * Commands on their way: numbered, at most a window of them unanswered, sent again until answered, and given up so that
 * they can never act later.
 *
 * The rig executes the next expected number only, so of two frames with the same number it executes one. A command given
 * up is therefore replaced, under its own number, by a VOID, which does nothing and is always refused: if the rig
 * refuses with VOID, the command was never executed and never will be; if it answers anything else, that was the answer
 * to the command. Silence alone proves nothing, so nothing is ever reported undone for silence.
 */
import { LIMITS } from '#protocol/catalogue'
import { encodeFrame } from '#protocol/frame'
import type { CommandRequest, Outcome } from '#protocol/link'
import type { Reason } from '#protocol/message'

/** Most requests that wait for their turn; more is a flaw of the owner. */
const WAITING_LIMIT = 64

interface Request {
  readonly id: number
  readonly command: CommandRequest
  readonly deadline_us: number
}

interface Slot {
  readonly request: Request
  readonly sequence: number
  readonly firstSent_us: number
  sent_us: number
  frame: Uint8Array
  voided: boolean
  answered: boolean
}

export interface Ended {
  readonly id: number
  readonly outcome: Outcome
}

/** The commands of one session. */
export class CommandWindow {
  readonly #token: number
  readonly #size: number
  readonly #retry_us: number
  #waiting: Request[] = []
  /** From the oldest unanswered command on, by sequence number. */
  #slots: Slot[] = []
  #nextSequence = 0

  /** `size` is the number of commands the rig allows to be unanswered. */
  constructor(token: number, size: number, retry_us: number) {
    this.#token = token
    this.#size = Math.min(size, LIMITS.window)
    this.#retry_us = retry_us
  }

  /** Takes a request; throws RangeError if too many wait, or if a field has a value that the catalogue does not allow. */
  request(id: number, command: CommandRequest, deadline_us: number): void {
    if (this.#waiting.length >= WAITING_LIMIT) throw new RangeError(`more than ${WAITING_LIMIT} commands wait`)
    encodeFrame(0, { ...command, token: this.#token })
    this.#waiting.push({ id, command, deadline_us })
  }

  /** Since when the oldest unanswered command waits for its answer; undefined if none does. */
  get unansweredSince_us(): number | undefined {
    return this.#slots.find(({ answered }) => !answered)?.firstSent_us
  }

  /** An answer of the rig: the command it ends, if it is the answer to one that had none. `tick` is absolute. */
  answer(sequence: number, tick: number, reason: Reason | undefined): Ended | undefined {
    const slot = this.#slots.find((candidate) => candidate.sequence === sequence && !candidate.answered)
    if (slot === undefined || (reason === 'VOID' && !slot.voided)) return undefined
    slot.answered = true
    while (this.#slots[0]?.answered) this.#slots.shift()
    const { id } = slot.request
    if (reason === undefined) return { id, outcome: { kind: 'done', tick } }
    return { id, outcome: reason === 'VOID' ? { kind: 'undone' } : { kind: 'refused', tick, reason } }
  }

  /** What to send at `now_us`. Requests whose deadline passed before their turn came are ended. */
  due(now_us: number): { readonly send: Uint8Array[]; readonly ended: Ended[] } {
    const send: Uint8Array[] = []
    for (const slot of this.#slots) {
      if (slot.answered) continue
      const givenUp = !slot.voided && now_us >= slot.request.deadline_us
      if (givenUp) {
        slot.voided = true
        slot.frame = encodeFrame(slot.sequence, { type: 'VOID', token: this.#token })
      } else if (now_us < slot.sent_us + this.#retry_us) continue
      slot.sent_us = now_us
      send.push(slot.frame)
    }
    const late = this.#waiting.filter(({ deadline_us }) => now_us >= deadline_us)
    this.#waiting = this.#waiting.filter(({ deadline_us }) => now_us < deadline_us)
    // The rig caches the answers of a window only: the next command waits for the oldest answer, not for any.
    while (this.#slots.length < this.#size) {
      const request = this.#waiting.shift()
      if (request === undefined) break
      send.push(this.#start(request, now_us))
    }
    return { send, ended: late.map(({ id }): Ended => ({ id, outcome: { kind: 'undone' } })) }
  }

  #start(request: Request, now_us: number): Uint8Array {
    const sequence = this.#nextSequence
    this.#nextSequence = (sequence + 1) % 256
    const frame = encodeFrame(sequence, { ...request.command, token: this.#token })
    this.#slots.push({
      request,
      sequence,
      firstSent_us: now_us,
      sent_us: now_us,
      frame,
      voided: false,
      answered: false,
    })
    return frame
  }

  /** When `due` has something to do next; infinite if nothing waits. */
  get wake_us(): number {
    const slots = this.#slots.filter(({ answered }) => !answered)
    const retries = slots.map(({ sent_us }) => sent_us + this.#retry_us)
    const deadlines = slots.filter(({ voided }) => !voided).map(({ request }) => request.deadline_us)
    return Math.min(...retries, ...deadlines, ...this.#waiting.map(({ deadline_us }) => deadline_us))
  }

  /** Ends every command because the session has ended: what was sent is lost, what was not is undone. */
  close(): Ended[] {
    const lost = this.#slots.filter(({ answered }) => !answered).map(({ request }) => request.id)
    const undone = this.#waiting.map(({ id }) => id)
    this.#slots = []
    this.#waiting = []
    return [
      ...lost.map((id): Ended => ({ id, outcome: { kind: 'lost' } })),
      ...undone.map((id): Ended => ({ id, outcome: { kind: 'undone' } })),
    ]
  }
}
