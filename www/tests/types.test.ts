// What the package says of its types is what the element is: held by the compiler, in both directions.
import { expectTypeOf, test } from "vitest";
import type * as said from "../../pkg/kubestep";
import type { Frame as SaidFrame } from "../../pkg/kubestep-frame";
import type * as api from "../src/element/api";
import type { KubeStep } from "../src/element/kube-step";
import type { Frame } from "../src/frame/host";

test("the package's types are the element's", () => {
  expectTypeOf<KubeStep>().toExtend<said.Api>();
  expectTypeOf<said.Api>().toExtend<api.Api>();
  expectTypeOf<api.Api>().toExtend<said.Api>();
  expectTypeOf<said.Events>().toEqualTypeOf<api.Events>();
  expectTypeOf<said.State>().toEqualTypeOf<api.State>();
  expectTypeOf<Frame>().toExtend<SaidFrame>();
  expectTypeOf<SaidFrame>().toExtend<Frame>();
});
