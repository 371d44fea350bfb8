// SPDX-License-Identifier: MIT
/*
 * The nsprobe program and what its --list says, taken in as they are: no conversion, no generated
 * source. Any architecture.
 */
	.section .rodata.probe_bytes, "a", %progbits
	.balign 16
	.globl probe_bytes
probe_bytes:
	.incbin NSPROBE_FILE
	.globl probe_bytes_end
probe_bytes_end:
	.byte 0

	.globl probe_list
probe_list:
	.incbin NSPROBE_LIST
	.byte 0

	.section .note.GNU-stack, "", %progbits
