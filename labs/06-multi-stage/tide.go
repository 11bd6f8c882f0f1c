package main

import (
	"math"
	"time"
)

// The waves that add up to the tide: height in metres, period in hours.
var waves = []struct{ metres, hours float64 }{
	{1.21, 12.4206}, // the moon
	{0.42, 12.0},    // the sun
	{0.25, 12.6583}, // the moon's distance
	{0.08, 25.8193}, // the moon's declination
}

// tide is the height of the water above its mean, in metres, to a millimetre.
func tide(at time.Time) float64 {
	hours, height := at.Sub(time.Unix(0, 0)).Hours(), 0.0
	for _, wave := range waves {
		height += wave.metres * math.Cos(2*math.Pi*hours/wave.hours)
	}
	return math.Round(height*1000) / 1000
}
