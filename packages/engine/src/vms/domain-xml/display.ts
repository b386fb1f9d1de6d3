import { alias } from './disks.ts';
import { element, type Element } from './element.ts';
import type { DomainPlan } from './domain.ts';

/** What a guest shows itself on, and what of the viewer's machine it reaches. */
export interface DisplayPlan {
  video: { model: 'vga' | 'qxl' | 'virtio' | 'bochs' | 'cirrus'; ramKib: number; heads: number } | null;
  /** Copying between guest and viewer, and files dropped onto the viewer: SPICE only. */
  clipboard: boolean;
  fileTransfer: boolean;
  smartcard: boolean;
  /** Channels of SPICE that are under TLS only. */
  secureChannels?: readonly string[];
  /** Slots into which a SPICE viewer can put USB devices of its own machine. */
  usbSlots: number;
}

const hasSpice = (plan: DomainPlan): boolean => plan.graphics.some((one) => one.type === 'spice');

/** `<graphics>`: the password is a placeholder that is expired from the start; consoles get tickets. VNC of a FIPS host has users instead. */
export const graphicsElements = (plan: DomainPlan): Element[] =>
  plan.graphics.map((graphics) =>
    element(
      'graphics',
      {
        type: graphics.type,
        port: -1,
        autoport: 'yes',
        ...(graphics.type === 'vnc' && plan.host?.fips ? {} : { passwd: '*****', passwdValidTo: '1970-01-01T00:00:01' }),
        ...(graphics.type === 'vnc' ? { keymap: graphics.keymap } : { tlsPort: -1 }),
      },
      [
        element('listen', { type: 'network', network: `vdsm-${graphics.displayNetwork}` }),
        graphics.type === 'spice' && !plan.clipboard && element('clipboard', { copypaste: 'no' }),
        graphics.type === 'spice' && !plan.fileTransfer && element('filetransfer', { enable: 'no' }),
        ...(graphics.type === 'spice' ? (plan.secureChannels ?? []).map((name) => element('channel', { name, mode: 'secure' })) : []),
      ],
    ),
  );

/** Screen, smart card reader and USB slots. A guest without a graphics console has none of them. */
export function displayElements(plan: DomainPlan): Element[] {
  if (plan.graphics.length === 0 || plan.video === null) return [];
  const { video } = plan;
  return [
    element('video', {}, [
      element('model', { type: video.model, vram: video.ramKib, heads: video.heads }),
      element('alias', { name: alias(`${plan.id.slice(0, 8)}-video`) }),
    ]),
    ...(plan.smartcard && hasSpice(plan) ? [element('smartcard', { mode: 'passthrough', type: 'spicevmc' })] : []),
    ...(hasSpice(plan) ? Array.from({ length: plan.usbSlots }, () => element('redirdev', { bus: 'usb', type: 'spicevmc' })) : []),
  ];
}
