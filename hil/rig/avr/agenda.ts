/**
 * The agenda of the chip: at which cycle each peripheral has something to do next.
 *
 * Every peripheral owns its alarms and sets them forward; nothing is allocated while time runs. Alarms go off in order of
 * their cycle, those of the same cycle in the order in which they were made, so the outcome never depends on when or how
 * often one asked.
 */

export class Alarm {
  /** Cycle at which it goes off; infinity while it is not set. */
  due = Number.POSITIVE_INFINITY
  readonly ring: (due: number) => void

  constructor(ring: (due: number) => void) {
    this.ring = ring
  }
}

export class Agenda {
  /** The earliest cycle at which an alarm is due. */
  next = Number.POSITIVE_INFINITY
  /** Set by an alarm after which nothing more may happen before someone outside has looked. */
  interrupted = false
  readonly #alarms: Alarm[] = []

  /** Makes an alarm; `ring` gets the cycle it was due at, which may lie a few cycles back. */
  alarm(ring: (due: number) => void): Alarm {
    const alarm = new Alarm(ring)
    this.#alarms.push(alarm)
    return alarm
  }

  /** Sets the alarm to this cycle in place of any other; infinity takes it off. */
  set(alarm: Alarm, due: number): void {
    alarm.due = due
    this.#refresh()
  }

  /** Lets every alarm up to and including the cycle go off, also those that one of them sets. */
  run(through: number): void {
    while (this.next <= through && !this.interrupted) {
      for (const alarm of this.#alarms) {
        const { due } = alarm
        if (due !== this.next) continue
        alarm.due = Number.POSITIVE_INFINITY
        this.#refresh()
        alarm.ring(due)
        break
      }
    }
  }

  #refresh(): void {
    let next = Number.POSITIVE_INFINITY
    for (const { due } of this.#alarms) if (due < next) next = due
    this.next = next
  }
}
