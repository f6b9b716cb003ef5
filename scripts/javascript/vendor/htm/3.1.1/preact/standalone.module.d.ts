/** What the page uses of Preact and htm, for the type check. */
export function html(strings: TemplateStringsArray, ...values: unknown[]): any;
export function render(view: unknown, parent: Element | null): void;
export function useEffect(effect: () => void | (() => void), inputs?: readonly unknown[]): void;
export function useLayoutEffect(effect: () => void | (() => void), inputs?: readonly unknown[]): void;
export function useErrorBoundary(handler?: (error: unknown) => void): [unknown, () => void];
export function useMemo<T>(make: () => T, inputs: readonly unknown[]): T;
export function useRef(initial: null): { current: any };
export function useRef<T>(initial: T): { current: T };
export function useState(initial: null): [any, (next: any) => void];
export function useState(initial: never[]): [any[], (next: any) => void];
export function useState<T>(initial: T | (() => T)): [T, (next: T | ((last: T) => T)) => void];
