/**
 * The peripherals that the emulated chip does not have: switching one on is refused.
 *
 * Left out without a refusal, because nothing here depends on them: the start-up delay after a reset, the power
 * reduction register, the two cycles by which an input is synchronized, and where within an instruction of several
 * cycles a register is read or written (it is at its first).
 */
import type { Core } from '#hil/rig/avr/core'
import { ACSR, ASSR, CLKPR, SPCR, TWCR } from '#hil/rig/avr/registers'
import { UnmodelledError } from '#hil/rig/avr/unmodelled'

/** Registers that are plain memory until one of these bits is set. */
const ABSENT: readonly (readonly [register: number, bits: number, what: string])[] = [
  [SPCR, 0x40, 'SPI'],
  [TWCR, 0x04, 'two-wire interface'],
  [ACSR, 0x08, 'analog comparator interrupt'],
  [ASSR, 0x60, 'asynchronous timer clock'],
  [CLKPR, 0x0f, 'clock prescaler'],
]

export function refuseAbsent(core: Core): void {
  for (const [register, bits, what] of ABSENT) {
    core.onWrite(register, (value) => {
      if ((value & bits) !== 0) throw new UnmodelledError(what)
      core.store(register, value)
    })
  }
}
