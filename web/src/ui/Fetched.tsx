import { Component, type ReactNode, Suspense } from "react";
import { tell } from "./Undo";

interface Props {
  children: ReactNode;
  /** Shown until the code is here. */
  waiting?: ReactNode;
  /** Shown instead of what could not be fetched. */
  without?: ReactNode;
  /** Lets go of what was asked for, so that it can be asked for again. */
  letGo?: () => void;
}

/**
 * A part of the application whose code comes when it is wanted.
 *
 * Where it cannot come (no network, or a newer version has taken its place on the server) that is said, and
 * the rest of the page stays as it is.
 */
export class Fetched extends Component<Props, { isMissing: boolean }> {
  state = { isMissing: false };

  static getDerivedStateFromError(): { isMissing: boolean } {
    return { isMissing: true };
  }

  componentDidCatch(): void {
    tell("This part could not be fetched. Reload the page when the network is back.");
    this.props.letGo?.();
  }

  render(): ReactNode {
    if (this.state.isMissing) return this.props.without ?? null;
    return <Suspense fallback={this.props.waiting}>{this.props.children}</Suspense>;
  }
}
