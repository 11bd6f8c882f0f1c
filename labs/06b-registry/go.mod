module harbour.example/sign

go 1.24

require harbour.example/flags v1.2.0

// The harbour's own modules are in this folder. Those of others come from the network.
replace (
	harbour.example/flags v1.2.0 => ./flags-1.2.0
	harbour.example/flags v1.2.1 => ./flags-1.2.1
)
