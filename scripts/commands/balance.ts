/** `pumpbench balance`: asks a balance for its serial number and some weights, to see that cable and settings are right. */

import { StandError } from '#hil/calibration/stand'
import { describe } from '#hil/calibration/virtual-stand'
import { BalancePort } from '#scripts/balance-port'
import { EXIT, type ExitStatus } from '#scripts/exit'
import { decimal } from '#units/format'

export interface BalanceOptions {
  readonly readings?: number
  readonly baud?: number
}

const READINGS = 5
const SPACING_ms = 200

export async function balanceCommand(where: string, options: BalanceOptions): Promise<ExitStatus> {
  const [, path] = /^serial:(.+)$/s.exec(where) ?? []
  if (path === undefined) {
    console.error(`${JSON.stringify(where)} is no balance; write serial:PATH of the port it is on`)
    return EXIT.usage
  }
  let port: BalancePort | undefined
  try {
    port = await BalancePort.open({ path, ...(options.baud === undefined ? {} : { baudRate: options.baud }) })
    const told = await port.ask('I4')
    if (told.kind !== 'reply' || told.reply.kind !== 'serial') {
      throw new StandError(`it did not tell its serial number: ${describe(told)}`)
    }
    console.log(`balance ${told.reply.serial}`)
    for (let reading = 0; reading < (options.readings ?? READINGS); reading += 1) {
      const event = await port.ask('SI')
      if (event.kind === 'reading') {
        const { mass_mg, stable } = event.reading
        console.log(`${decimal(mass_mg, 9)} mg ${stable ? 'stable' : 'unstable'}`)
      } else console.log(describe(event))
      await new Promise((resolve) => setTimeout(resolve, SPACING_ms))
    }
    const { stable, unstable, refused } = port.tally
    console.log(`${stable} stable, ${unstable} unstable, ${refused} lines refused`)
    return stable > 0 ? EXIT.pass : EXIT.inconclusive
  } catch (error) {
    if (!(error instanceof StandError)) throw error
    console.error(error.message)
    return EXIT.inconclusive
  } finally {
    await port?.close()
  }
}
