/**
 * The sum over a program on the wire: by which each end knows that it has all of it, and which a controller can keep up
 * with as the frames come and go.
 */
import { crc32, hex8Text } from '#protocol/crc32'

/** The CRC-32 over the characters of BEGIN and of each part in order, from TYPE up to before `*`, each with a newline. */
export function programSum(texts: readonly string[]): string {
  return hex8Text(crc32(Buffer.from(texts.map((text) => `${text}\n`).join(''), 'latin1')))
}
