/** docs/PUMP.md: prose by hand, with the tables in it renewed from the pump itself. */
import { withPart } from '#scripts/markdown'
import { powerCutTable } from '#scripts/power-cut-table'
import { alarmTable, batteryExample, batteryTable, figureTable, stallTable } from '#scripts/pump-tables'

const PARTS: readonly (readonly [name: string, part: () => string])[] = [
  ['alarms', alarmTable],
  ['stall', stallTable],
  ['battery', batteryTable],
  ['battery-example', batteryExample],
  ['power-cuts', powerCutTable],
  ['figures', figureTable],
]

/** The page with its tables renewed. Throws if the markers between which one stands are gone. */
export function pumpPage(page: string): string {
  return PARTS.reduce((text, [name, part]) => withPart(text, name, part()), page)
}
