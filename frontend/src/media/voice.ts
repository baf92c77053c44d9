/** A voice note by the browser's own recorder. */

export type VoiceTrouble = 'none' | 'refused';

const TYPES = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'];
/** 24 kbit/s are enough for speech: ten minutes are under 2 MB. */
const BITS = 24_000;

export const canRecord = (): boolean => typeof MediaRecorder !== 'undefined' && !!navigator.mediaDevices?.getUserMedia;

export interface Recorder {
  /** Ends the recording and hands it over. */
  stop(): Promise<Blob>;
  /** Ends it and throws it away. */
  drop(): void;
  /** How loud it is now, 0 to 1. */
  level(): number;
}

/** Rejects with VoiceTrouble's words as its message. */
export async function record(): Promise<Recorder> {
  if (!canRecord()) throw new Error('none');
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => {
    throw new Error('refused');
  });
  const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
  const recorder = new MediaRecorder(stream, { audioBitsPerSecond: BITS, ...(mimeType ? { mimeType } : {}) });
  const parts: Blob[] = [];
  recorder.addEventListener('dataavailable', (event) => event.data.size > 0 && parts.push(event.data));
  const { level, close } = meter(stream);
  const end = (): void => {
    close();
    for (const track of stream.getTracks()) track.stop();
  };
  recorder.start(1000);
  return {
    level,
    drop() {
      if (recorder.state !== 'inactive') recorder.stop();
      end();
    },
    stop: () =>
      new Promise((resolve) => {
        const finish = (): void => {
          end();
          resolve(new Blob(parts, { type: recorder.mimeType || mimeType || 'audio/webm' }));
        };
        if (recorder.state === 'inactive') return finish();
        recorder.addEventListener('stop', finish, { once: true });
        recorder.stop();
      }),
  };
}

function meter(stream: MediaStream): { level: () => number; close: () => void } {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 512;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Uint8Array(analyser.fftSize);
  return {
    level() {
      analyser.getByteTimeDomainData(samples);
      return Math.min(1, Math.max(...samples.map((sample) => Math.abs(sample - 128))) / 80);
    },
    close: () => void context.close(),
  };
}
