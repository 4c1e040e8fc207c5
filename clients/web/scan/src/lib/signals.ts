let sound: AudioContext | undefined

/** Allows sound: browsers make none before somebody touched the page. */
export function allowSound(): void {
  sound ??= new AudioContext()
  void sound.resume()
}

function beep(frequency: number, seconds: number): void {
  if (sound?.state !== 'running') return
  const tone = sound.createOscillator()
  const volume = sound.createGain()
  tone.frequency.value = frequency
  volume.gain.setValueAtTime(0.2, sound.currentTime)
  volume.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + seconds)
  tone.connect(volume).connect(sound.destination)
  tone.start()
  tone.stop(sound.currentTime + seconds)
}

/** High and short: read. */
export function signalRead(): void {
  beep(1760, 0.15)
  vibrate([60])
}

/** Low and long: known already, or not what was wanted. */
export function signalWrong(): void {
  beep(330, 0.4)
  vibrate([120, 60, 120])
}

function vibrate(pattern: number[]): void {
  // Phones of one maker have none.
  if ('vibrate' in navigator) navigator.vibrate(pattern)
}
