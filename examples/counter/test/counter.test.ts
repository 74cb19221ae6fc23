import { browser } from 'keepsake/testing'
import { expect, test } from 'vitest'
import { counterSessions } from '../counter.ts'
import { direct } from '../direct.ts'

const SECRET = 'q3Zb8sVnK1xT6mYcR0wLh7GdJ5uPfEa2'

test('each visitor is counted apart', async () => {
  const handler = direct(counterSessions(SECRET))
  const [ada, grace] = [browser(handler), browser(handler)]
  expect(await ada.text('/')).toBe('Visits: 1\n')
  expect(await ada.text('/')).toBe('Visits: 2\n')
  expect(await grace.text('/')).toBe('Visits: 1\n')
})

test('without a secret it does not start, and says what makes one', () => {
  expect(() => counterSessions(undefined)).toThrow('npx keepsake secret')
})
