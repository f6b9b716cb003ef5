/** The one door to the view library, so that its version stands in one place. */
import {
  html,
  render,
  useEffect,
  useErrorBoundary,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "../vendor/htm/3.1.1/preact/standalone.module.js";
import { fetchBeside } from "./head.js";

export { html, render, useEffect, useErrorBoundary, useLayoutEffect, useMemo, useRef, useState };

/**
 * A component whose module is fetched beside what is shown first; nothing stands in its place until it is there.
 * Without a network it is asked for again when it is shown again.
 * @param {() => Promise<Record<string, any>>} load @param {string} name
 */
export function fetched(load, name) {
  let component = /** @type {any} */ (null);
  let coming = /** @type {Promise<void> | null} */ (null);
  const fetchIt = () => {
    fetchBeside();
    coming ??= load().then(
      (module) => {
        component = module[name];
      },
      () => {
        coming = null;
      },
    );
    return coming;
  };
  function Fetched(props) {
    const [, show] = useState(0);
    useLayoutEffect(() => {
      if (!component) fetchIt().then(() => show(1));
    }, []);
    return component ? html`<${component} ...${props} />` : null;
  }
  return Object.assign(Fetched, { fetchIt });
}

/** @param {Array<string | false | null | undefined>} names */
export function classes(...names) {
  return names.filter(Boolean).join(" ");
}
