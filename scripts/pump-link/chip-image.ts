/** Pumps that are machine code for an ATmega328P, by the names that a command line gives them: `avr:IMAGE.hex`. */
import { parseHex } from '#hil/rig/avr/hex'
import { FLASH_BYTES } from '#hil/rig/avr/registers'
import type { Named } from '#scripts/registry'
import { readText } from '#scripts/scenario-files'

const PREFIX = 'avr:'
/** A name stands in every result. */
const LONGEST_NAME = 200
/** What is wrong with an image is told so often at most. */
const MOST_PROBLEMS = 3

export function isChipImage(name: string): boolean {
  return name.startsWith(PREFIX)
}

/** The flash image that the name means, what is wrong with it, or null where it means none. */
export function chipImageNamed(name: string, where = '--pump'): Named<{ readonly flash: Uint8Array }> | null {
  if (!isChipImage(name)) return null
  const problem = (text: string) => ({ ok: false, problem: `${where} ${JSON.stringify(name)}: ${text}` }) as const
  if (name.length > LONGEST_NAME) return problem(`a name of a pump has at most ${LONGEST_NAME} characters`)
  const path = name.slice(PREFIX.length)
  if (path === '') return problem('an Intel HEX file for an ATmega328P is missing, such as avr:my-pump.hex')
  const read = readText(path)
  if ('problem' in read) return problem(`${path}: ${read.problem}`)
  const image = parseHex(read.text, FLASH_BYTES)
  if (image.ok) return { ok: true, value: { flash: image.bytes } }
  const shown = image.problems.slice(0, MOST_PROBLEMS).map((one) => `line ${one.line} ${one.problem}`)
  return problem(`${path} is no Intel HEX of an ATmega328P: ${shown.join('; ')}`)
}
