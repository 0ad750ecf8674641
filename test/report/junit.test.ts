/** JUnit XML: what a CI server reads of a result. */
import { describe, expect, it } from 'vitest'
import { junitReport } from '#hil/report/junit'
import { hostileRun, passingWeek, ranDry, result } from './fabricated.ts'

/** Text and attributes without markup: what is left must hold no bare angle bracket. */
const outsideTags = (xml: string) => xml.replaceAll(/<[/?]?[a-z][a-z-]*(?: [a-z0-9_]+="[^"<>]*")*\/?\??>/g, '')

describe('the JUnit report', () => {
  it('has a suite a run and a case a check, with counts that agree', () => {
    const runs = [passingWeek(), ranDry()]
    const xml = junitReport(result(...runs))
    expect(xml.match(/<testsuite /g)).toHaveLength(2)
    expect(xml.match(/<testcase /g)).toHaveLength(runs.flatMap((run) => run.checks).length)
    const failed = runs.flatMap((run) => run.checks).filter(({ verdict }) => verdict === 'fail').length
    expect(xml.match(/<failure /g) ?? []).toHaveLength(failed)
    expect(xml).toContain(`failures="${failed}"`)
  })

  it('makes an inconclusive verdict an error and never a pass', () => {
    const week = passingWeek()
    const checks = week.checks.map((check) => ({ ...check, verdict: 'inconclusive' as const }))
    const xml = junitReport(result({ ...week, checks }))
    expect(xml.match(/<error /g)).toHaveLength(checks.length)
    expect(xml).toContain(`errors="${checks.length}"`)
  })

  it('is well formed whatever a scenario or a rig is called', () => {
    const rest = outsideTags(junitReport(result({ ...hostileRun(), scenario: 'a\uffff\u0001b' })))
    expect(rest).not.toMatch(/[<>]/)
    expect(rest).not.toMatch(/(?!\n)\p{Cc}|\ufffe|\uffff/u)
    expect(rest).not.toMatch(/&(?!(?:amp|lt|gt|quot|#\d+);)/)
  })
})
