import { decode, type Read } from './decoder'

interface Torch extends MediaTrackConstraintSet {
  torch?: boolean
}

const PAUSE_MS = 60

/** A running camera whose frames are decoded one after another. */
export class Camera {
  private stream: MediaStream | undefined
  private running = false
  paused = false

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly read: (found: Read) => void,
  ) {}

  /** Starts the camera of this id, or the one at the back. */
  async start(id?: string): Promise<void> {
    this.stop()
    const wanted = id ? { deviceId: { exact: id } } : { facingMode: { ideal: 'environment' } }
    const size = { width: { ideal: 1280 }, height: { ideal: 720 } }
    this.stream = await navigator.mediaDevices.getUserMedia({ video: { ...wanted, ...size }, audio: false })
    this.video.srcObject = this.stream
    await this.video.play()
    this.running = true
    void this.look()
  }

  stop(): void {
    this.running = false
    for (const track of this.stream?.getTracks() ?? []) track.stop()
    this.stream = undefined
  }

  private async look(): Promise<void> {
    while (this.running) {
      if (!this.paused && !document.hidden && this.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA)
        for (const found of await decode(this.video).catch(() => [])) if (this.shown()) this.read(found)
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }

  /** Asked anew after each wait: the person may have paused or left meanwhile. */
  private shown(): boolean {
    return this.running && !this.paused
  }

  /** Whether this camera has a lamp. */
  hasTorch(): boolean {
    const track = this.stream?.getVideoTracks()[0]
    return track !== undefined && 'getCapabilities' in track && 'torch' in track.getCapabilities()
  }

  async torch(on: boolean): Promise<void> {
    const lamp: Torch = { torch: on }
    await this.stream?.getVideoTracks()[0]?.applyConstraints({ advanced: [lamp] })
  }
}

/** The cameras of this phone, named where the person allowed it. */
export async function cameras(): Promise<{ id: string; label: string }[]> {
  const all = await navigator.mediaDevices.enumerateDevices()
  return all
    .filter((each) => each.kind === 'videoinput')
    .map((each) => ({ id: each.deviceId, label: each.label }))
}

/** The decoded symbols of a still picture, also turned where nothing is found upright. */
export async function decodeStill(file: Blob): Promise<Read[]> {
  return decode(await createImageBitmap(file))
}
