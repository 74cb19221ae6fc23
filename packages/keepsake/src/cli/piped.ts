const LONGEST = 65_536

/** What comes on the pipe; `undefined` where a person would have to type it. */
export async function piped(): Promise<string | undefined> {
  if (process.stdin.isTTY) return undefined
  let text = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    text += chunk
    // no request has more cookies than this
    if (text.length > LONGEST) break
  }
  return text
}
