import { useSession } from "../account/session";

/** Says on every page that nothing here is a real patient. */
export function DemoMark() {
  return useSession()?.demo ? <span className="demo-mark">DEMO · synthetic patients</span> : null;
}
