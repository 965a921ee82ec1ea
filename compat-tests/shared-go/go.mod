module samsa.test/compat

go 1.25
