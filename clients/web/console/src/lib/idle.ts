type Job = () => void

const waiting: Job[] = []
const AT_LEAST_EVERY_MS = 300
let called = false

// Safari has no idle moments to tell of.
const whenIdle: (job: Job) => void =
  'requestIdleCallback' in window ? (job) => void requestIdleCallback(job, { timeout: AT_LEAST_EVERY_MS }) : (job) => void setTimeout(job, 30)

function work(): void {
  called = false
  waiting.shift()?.()
  call()
}

function call(): void {
  if (called || !waiting.length) return
  called = true
  whenIdle(work)
}

/**
 * Does something when the page has nothing else to do, one job at a time: keys and clicks come between.
 * @returns what takes the job back.
 */
export function later(job: Job): () => void {
  waiting.push(job)
  call()
  return () => {
    const at = waiting.indexOf(job)
    if (at >= 0) waiting.splice(at, 1)
  }
}
