import type { Language } from '../code/snippet-template.js'
import type { Hint } from '../phrases.js'

/** Compiler messages about names that cannot be found. */
export const IMPORT_TROUBLE: Readonly<Record<Language, readonly Hint[]>> = {
  python: [
    { text: "ModuleNotFoundError: No module named '%domain%.%kcol%'", weight: 0 },
    { text: "NameError: name '%E%' is not defined", weight: 0 },
    {
      text: "ImportError: cannot import name '%E%' from partially initialized module '%domain%.%table%' (most likely due to a circular import)",
      weight: 0.22,
    },
    { text: "%file%:%line%:1: F401 '%domain%.%E%' imported but unused", weight: -0.04 },
  ],
  typescript: [
    {
      text: "%file%(%line%,18): error TS2307: Cannot find module './%path%' or its corresponding type declarations.",
      weight: 0,
    },
    { text: "error TS2304: Cannot find name '%E%'.", weight: 0 },
    {
      text: "ReferenceError: Cannot access '%E%' before initialization\n    at %file%:%line%:14\n    at ModuleJob.run (node:internal/modules/esm/module_job:222:25)",
      weight: 0.22,
    },
    {
      text: "%file%:%line% 'use%E%' is defined but never used  @typescript-eslint/no-unused-vars",
      weight: -0.04,
    },
  ],
  go: [
    { text: '%file%:%line%:9: undefined: %E%', weight: 0 },
    { text: '%file%:%line%:2: "example.com/%domain%/%path%" imported and not used', weight: -0.04 },
    { text: 'package example.com/%domain%/%path% is not in std', weight: 0.02 },
    {
      text: 'import cycle not allowed\n\timports example.com/%domain%/%path%\n\timports example.com/%domain%/store',
      weight: 0.22,
    },
  ],
  java: [
    { text: '%file%:%line%: error: cannot find symbol\n  symbol:   class %E%', weight: 0 },
    { text: 'error: package com.acme.%domain% does not exist', weight: 0 },
    { text: 'warning: [unused] unused import com.acme.%domain%.%E%', weight: -0.04 },
    {
      text: 'java.lang.NoSuchMethodError: com.acme.%domain%.%E%.get%F%()\n\tat com.acme.%domain%.%E%Service.%fn%(%E%Service.java:%line%)',
      weight: 0.24,
    },
  ],
  rust: [
    { text: 'error[E0432]: unresolved import `crate::%domain%::%E%`', weight: 0 },
    { text: 'error[E0433]: failed to resolve: use of undeclared type `%E%`', weight: 0 },
    { text: 'warning: unused import: `crate::%domain%::%E%`', weight: -0.04 },
    {
      text: 'error[E0599]: the method `%fn%` exists for struct `%E%`, but its trait bounds were not satisfied',
      weight: 0.2,
    },
  ],
}

/** Run-time errors: some name their cause, some are only where the trouble came to light. */
export const FAILURES: Readonly<Record<Language, readonly Hint[]>> = {
  python: [
    { text: "KeyError: '%k%'", weight: -0.14 },
    { text: "AttributeError: 'NoneType' object has no attribute '%f%'", weight: -0.1 },
    { text: "TypeError: unsupported operand type(s) for +: 'int' and 'str'", weight: -0.14 },
    { text: 'RecursionError: maximum recursion depth exceeded', weight: 0.02 },
    {
      text: 'sqlalchemy.exc.OperationalError: (psycopg2.errors.DeadlockDetected) deadlock detected',
      weight: 0.16,
    },
    { text: 'RuntimeError: dictionary changed size during iteration', weight: 0.1 },
    { text: 'asyncio.exceptions.CancelledError', weight: 0.12 },
  ],
  typescript: [
    { text: "TypeError: Cannot read properties of undefined (reading '%f%')", weight: -0.12 },
    { text: 'TypeError: %e%.%f%.map is not a function', weight: -0.14 },
    { text: 'RangeError: Maximum call stack size exceeded', weight: 0.02 },
    { text: 'SyntaxError: Unexpected token < in JSON at position 0', weight: -0.1 },
    { text: 'Error: Connection terminated unexpectedly', weight: 0.14 },
    {
      text: 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
      weight: 0.16,
    },
  ],
  go: [
    { text: 'panic: runtime error: invalid memory address or nil pointer dereference', weight: -0.1 },
    { text: 'panic: assignment to entry in nil map', weight: -0.14 },
    { text: 'panic: runtime error: index out of range [%s%] with length %s%', weight: -0.12 },
    { text: 'fatal error: concurrent map writes', weight: 0.12 },
    { text: 'fatal error: all goroutines are asleep - deadlock!', weight: 0.16 },
    { text: 'context deadline exceeded', weight: 0.12 },
  ],
  java: [
    {
      text: 'java.lang.NullPointerException: Cannot invoke "%E%.get%F%()" because "%e%" is null',
      weight: -0.12,
    },
    { text: 'java.lang.NumberFormatException: For input string: "%n%,00"', weight: -0.14 },
    { text: 'java.util.ConcurrentModificationException', weight: 0.1 },
    {
      text: 'org.hibernate.LazyInitializationException: failed to lazily initialize a collection: %E%.%es%',
      weight: 0.04,
    },
    { text: 'java.lang.OutOfMemoryError: Java heap space', weight: 0.16 },
    { text: 'org.springframework.dao.CannotAcquireLockException: could not execute statement', weight: 0.16 },
  ],
  rust: [
    { text: "thread 'main' panicked: called `Option::unwrap()` on a `None` value", weight: -0.12 },
    {
      text: "thread 'main' panicked: index out of bounds: the len is %s% but the index is %s%",
      weight: -0.12,
    },
    {
      text: 'error[E0502]: cannot borrow `*self` as mutable because it is also borrowed as immutable',
      weight: 0.06,
    },
    { text: 'error[E0597]: `%e%` does not live long enough', weight: 0.1 },
    { text: 'error: future cannot be sent between threads safely', weight: 0.16 },
    {
      text: "thread 'tokio-runtime-worker' panicked: called `Result::unwrap()` on an `Err` value: PoisonError",
      weight: 0.14,
    },
  ],
}

/** A frame of a stack trace per language. */
export const FRAMES: Readonly<Record<Language, readonly string[]>> = {
  python: [
    '  File "/srv/app/%file%", line %line%, in %fn%',
    '  File "/srv/app/%domain%/handlers.py", line %n%, in handle_%kcol%',
    '  File "/usr/lib/python3.12/site-packages/sqlalchemy/engine/base.py", line 1967, in _exec_single_context',
    '  File "/usr/lib/python3.12/asyncio/tasks.py", line 314, in __step_run_and_handle_result',
    '  File "/srv/app/%domain%/worker.py", line %line%, in run',
  ],
  typescript: [
    '    at %fn% (/app/%file%:%line%:17)',
    '    at %E%Service.%v% (/app/dist/%domain%/%path%.js:%n%:22)',
    '    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
    '    at async /app/node_modules/express-async-errors/index.js:41:9',
    '    at async Promise.all (index %s%)',
  ],
  go: [
    'main.(*%E%Store).%Fn%(0xc0001%n%)\n\t/app/%file%:%line% +0x%n%',
    'net/http.HandlerFunc.ServeHTTP(0xc000%n%a8)\n\t/usr/local/go/src/net/http/server.go:2166 +0x29',
    'created by main.(*Pool).start in goroutine %s%\n\t/app/%domain%/pool.go:%n% +0x8d',
  ],
  java: [
    '\tat com.acme.%domain%.%E%Service.%fn%(%E%Service.java:%line%)',
    '\tat com.acme.%domain%.%E%Controller.%v%(%E%Controller.java:%n%)',
    '\tat org.springframework.aop.framework.CglibAopProxy.intercept(CglibAopProxy.java:713)',
    '\tat java.base/java.util.concurrent.ThreadPoolExecutor.runWorker(ThreadPoolExecutor.java:1144)',
  ],
  rust: [
    '  %s%: %domain%::%table%::%fn%\n             at ./%file%:%line%',
    '  %s%: tokio::runtime::task::core::Core<T,S>::poll',
    '  %n%: core::result::unwrap_failed\n             at /rustc/library/core/src/result.rs:1654:5',
  ],
}
