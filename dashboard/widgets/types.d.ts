// How Streamlit calls a component's script, and what our scripts keep at the window: each is read
// anew with every component, so what all of them share cannot be kept in a file.
import type { FrontendRendererArgs } from "@streamlit/component-v2-lib";
import type OpenSeadragon from "openseadragon";

declare global {
  /** What a component's script is called with; `Data` as its Python sends it. */
  type Mounted<Data> = FrontendRendererArgs<Record<string, unknown>, Data>;

  /** What hears the page's keys: a panel of verdicts. */
  interface KeyListener {
    host: { isConnected: boolean };
    /** Whether all keys are its own now: a region is drawn. */
    holds?: () => boolean;
    /** Whether it waits for the server, or for a picture. */
    isBusy: () => boolean;
    /** What a key ("1", "N", "Shift+N") would be done to now; undefined where that does not matter. */
    aimOf: (key: string) => string | undefined;
    /** Does what a key means; says whether it had a meaning. `waited`: the key, if it had to wait. */
    press: (key: string, held: boolean, waited?: { aim: string | undefined }) => boolean;
  }

  interface Window {
    OpenSeadragon?: typeof OpenSeadragon;
    idcOpenSeadragon?: Promise<typeof OpenSeadragon>;
    /** Who gets the page's keys; one listener for all of it. */
    idcKeys?: { listen: (name: string, listener: KeyListener) => void; settled: () => void };
    /** Keys that were pressed before anybody listened. */
    idcEarlyKeys?: { event: KeyboardEvent; field: HTMLElement }[] | undefined;
    /** Acts under way, by the panel's name. */
    idcPending?: Map<string, import("./verdict_rules.js").Act>;
    /** What stands in the reader's field now. */
    idcReader?: { readonly isThere: boolean; readonly name: string };
    /** Where the threshold stands, and who follows it: threshold_bus.js. */
    idcThreshold?: import("./threshold_bus.js").Bus;
    /** The name that the server was told last, and when (ms). */
    idcReaderTold?: { name: string; at: number };
  }
}
