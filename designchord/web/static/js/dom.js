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

export { html, render, useEffect, useErrorBoundary, useLayoutEffect, useMemo, useRef, useState };

/** @param {Array<string | false | null | undefined>} names */
export function classes(...names) {
  return names.filter(Boolean).join(" ");
}
