import { describe, expect, it } from 'vitest'
import { count, percent, tonnes } from '../console/src/lib/board'

describe('numbers of the dashboard', () => {
  it('part thousands, and keep the decimals that tell a little from nothing', () => {
    expect([0, 999, 1000, 1234567].map(count)).toEqual(['0', '999', '1,000', '1,234,567'])
    expect(['0', '320', '1500', '123456', '1234567890'].map(tonnes)).toEqual(['0', '0.320', '1.50', '123.5', '1,234,568'])
    expect(['0', '0.9965', '12.5'].map(percent)).toEqual(['0.0%', '99.7%', '1,250.0%'])
  })

  it('are written as the platform writes them', () => {
    for (const value of [1, 12.345, 1234.5678, 99999.999, 7654321.2]) {
      const told = (value * 100).toLocaleString('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 })
      expect(percent(value)).toBe(`${told}%`)
    }
  })
})
