/** A battery that was scanned, photographed, typed, or read by a hand-held scanner. */
export interface Given {
  name: string
  how: 'scan' | 'photo' | 'type' | 'gun'
  photo?: Blob
}
